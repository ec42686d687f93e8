package io.knit.api.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume of a slot, and how it stands with it.
 *
 * @param user the instance that is wanted and has it, or waits to have it; null: none, so that it may be removed
 * @param away why nothing can be done with it now, in words: its node is down; empty: its node is there
 * @param awaits what its removal waits for, in words; empty: it is not to go
 * @param move of its slot, from its node or to it; null: it does not move
 */
public record VolumeView(
        SlotVolume volume,
        @Nullable String user,
        String away,
        String awaits,
        @Nullable SlotMove move) {
    public VolumeView {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(away, "away");
        Objects.requireNonNull(awaits, "awaits");
    }

    /** Of a slot that does not move. */
    public VolumeView(SlotVolume volume, @Nullable String user, String away, String awaits) {
        this(volume, user, away, awaits, null);
    }
}
