package io.knit.core.wire.asked;

import io.knit.api.model.SlotVolume;
import java.util.Objects;

/**
 * Which volume a stream is about.
 *
 * @param slot as {@link SlotVolume#slotOf} calls it
 * @param name in the spec
 */
public record VolumeAsked(String deployment, String slot, String name) {
    public VolumeAsked {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(name, "name");
    }

    public static VolumeAsked of(SlotVolume volume) {
        return new VolumeAsked(volume.deployment(), volume.slot(), volume.name());
    }
}
