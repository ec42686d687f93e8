package io.knit.api.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume of a slot, and how it stands with it.
 *
 * @param user the instance that is wanted and has it, or waits to have it; null: none, so that it may be removed
 * @param away why nothing can be done with it now, in words: its node is down; empty: its node is there
 * @param awaits what its removal waits for, in words; empty: it is not to go
 */
public record VolumeView(SlotVolume volume, @Nullable String user, String away, String awaits) {
    public VolumeView {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(away, "away");
        Objects.requireNonNull(awaits, "awaits");
    }
}
