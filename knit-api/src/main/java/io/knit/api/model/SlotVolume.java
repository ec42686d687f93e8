package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume of a slot that is on a node, as the server knows it: from when an instance that has it was first placed there.
 *
 * @param deployment which may be gone by now
 * @param slot as {@link #slotOf} calls it
 * @param name in the spec
 * @param node where what is in it is
 * @param since when the first instance with it was placed there
 * @param removing since when it is to be removed; null: it stays
 * @param movedTo the node to which its slot was moved: this is the copy that was left, and holds nothing; null: it is none
 */
public record SlotVolume(
        String deployment,
        String slot,
        String name,
        String node,
        Instant since,
        @Nullable Instant removing,
        @Nullable String movedTo) {
    /** The slot whose volumes others may share. */
    public static final String FIRST = "0";

    public SlotVolume {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(since, "since");
    }

    /** One that is no old copy. */
    public SlotVolume(
            String deployment, String slot, String name, String node, Instant since, @Nullable Instant removing) {
        this(deployment, slot, name, node, since, removing, null);
    }

    /** What an instance's volumes are called by: the name of its slot with {@link Mode#GLOBAL}, else its number, which is the same in each run of a schedule. */
    public static String slotOf(Instance instance, Mode mode) {
        String key = instance.key();
        return mode == Mode.GLOBAL && key != null ? key : Integer.toString(instance.slot());
    }

    /** Which slot of which deployment has a volume that an instance's spec names: what its keys begin with. */
    public static String prefixOf(Instance instance, Mode mode, VolumeSpec volume) {
        return volume.isShared()
                ? prefix(volume.of(), FIRST, volume.name())
                : prefix(instance.deployment(), slotOf(instance, mode), volume.name());
    }

    /** Told apart from all others by it: its deployment, slot, name and node. */
    public String key() {
        return prefix(deployment, slot, name) + node;
    }

    /** What keys of one volume begin with, on whichever node. */
    public static String prefix(String deployment, String slot, String name) {
        return deployment + "/" + slot + "/" + name + "/";
    }

    /** It is to go. */
    public SlotVolume removing(Instant now) {
        return removing == null ? new SlotVolume(deployment, slot, name, node, since, now, movedTo) : this;
    }

    /** Its slot has been moved, and it is the copy that was left. */
    public SlotVolume leftBehind(String to) {
        return new SlotVolume(deployment, slot, name, node, since, removing, to);
    }

    /** Whether it is neither to go nor an old copy. */
    public boolean isInForce() {
        return removing == null && movedTo == null;
    }

    /** It stays, and is in force. */
    public SlotVolume staying() {
        return isInForce() ? this : new SlotVolume(deployment, slot, name, node, since, null);
    }
}
