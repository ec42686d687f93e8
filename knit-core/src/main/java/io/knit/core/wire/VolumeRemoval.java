package io.knit.core.wire;

import io.knit.api.model.SlotVolume;
import java.time.Instant;
import java.util.Objects;

/**
 * A volume that a node shall remove once no container has it; the node says the same of one that is gone, or was not there.
 *
 * @param slot as {@link SlotVolume#slotOf} calls it
 * @param name in the spec
 * @param marked when it was to go, in milliseconds: tells the order from an earlier one for a volume that was wanted again meanwhile
 */
public record VolumeRemoval(String deployment, String slot, String name, long marked) {
    /** So many are told at once; the others wait for their turn. */
    public static final int MOST = 50;

    /** @param volume one that is to go */
    public static VolumeRemoval of(SlotVolume volume) {
        Instant removing = Objects.requireNonNull(volume.removing(), "removing");
        return new VolumeRemoval(volume.deployment(), volume.slot(), volume.name(), removing.toEpochMilli());
    }

    /** Whether it is this order for this volume, wherever that is. */
    public boolean is(SlotVolume volume) {
        return volume.removing() != null && equals(of(volume));
    }
}
