package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.SlotVolume;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of volumes, in words. */
final class SlotVolumeWords {
    private SlotVolumeWords() {}

    /** That one is to go, or is not any more; where it is was told with its instance. */
    static Optional<KnitEvent> of(@Nullable SlotVolume old, SlotVolume now, long seq, Instant at) {
        boolean was = old != null && old.removing() != null;
        boolean is = now.removing() != null;
        if (was == is) {
            return Optional.empty();
        }
        return Optional.of(
                is
                        ? event(seq, at, "volume.removing", now, " is to go, once no container has it")
                        : event(seq, at, "volume.kept", now, " stays: its slot is placed there again"));
    }

    static Optional<KnitEvent> gone(@Nullable SlotVolume old, long seq, Instant at) {
        return old == null
                ? Optional.empty()
                : Optional.of(event(seq, at, "volume.removed", old, " is gone, with what was in it"));
    }

    private static KnitEvent event(long seq, Instant at, String type, SlotVolume volume, String what) {
        String message = "the volume \"" + volume.name() + "\" of " + volume.deployment() + ", slot " + volume.slot()
                + ", on " + volume.node() + what;
        return new KnitEvent(seq, at, type, volume.deployment(), null, volume.node(), message);
    }
}
