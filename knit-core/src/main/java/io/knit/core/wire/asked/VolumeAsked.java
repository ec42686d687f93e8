package io.knit.core.wire.asked;

import io.knit.api.model.SlotVolume;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which volume a stream is about.
 *
 * @param slot as {@link SlotVolume#slotOf} calls it
 * @param name in the spec
 * @param move true: its slot moves. What is read is read only while no container of the slot is there, and what is written is made if it is not there, and read back; only for agents with the feature
 *     {@code volume_move}. Null: no
 */
public record VolumeAsked(
        String deployment,
        String slot,
        String name,
        @Nullable Boolean move) {
    public VolumeAsked {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(name, "name");
    }

    /** No slot moves. */
    public VolumeAsked(String deployment, String slot, String name) {
        this(deployment, slot, name, null);
    }

    /** The same, for a slot that moves. */
    public VolumeAsked moving() {
        return new VolumeAsked(deployment, slot, name, true);
    }

    public boolean isMove() {
        return Boolean.TRUE.equals(move);
    }

    public static VolumeAsked of(SlotVolume volume) {
        return new VolumeAsked(volume.deployment(), volume.slot(), volume.name());
    }
}
