package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of volumes, in words. */
final class SlotVolumeWords {
    private SlotVolumeWords() {}

    /** That one is to go, or is not any more; where it is was told with its instance. */
    static Optional<KnitEvent> of(@Nullable SlotVolume old, SlotVolume now, long seq, Instant at) {
        if (old != null && old.movedTo() != null && now.isInForce()) {
            return Optional.of(
                    event(seq, at, "volume.kept", now, " is no old copy any more: its slot is placed there again"));
        }
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

    /** With its node, which is forgotten. */
    static KnitEvent left(SlotVolume volume, long seq, Instant at) {
        String what = volume.movedTo() != null
                ? ", which is forgotten, is left on its host: an old copy, what is in force is on " + volume.movedTo()
                : volume.removing() != null
                        ? ", which is forgotten, is left on its host: it was to go"
                        : ", which is forgotten, is left on its host, and made anew elsewhere, empty";
        return event(seq, at, "volume.left", volume, what);
    }

    /** That a slot is to move; how far that has come is no event. */
    static Optional<KnitEvent> moving(@Nullable SlotMove old, SlotMove now, long seq, Instant at) {
        return old != null && old.since().equals(now.since())
                ? Optional.empty()
                : Optional.of(moves(seq, at, "volume.moving", now, now.from(), ""));
    }

    static Optional<KnitEvent> moved(@Nullable SlotMove old, String failure, long seq, Instant at) {
        if (old == null) {
            return Optional.empty();
        }
        return Optional.of(
                failure.isEmpty()
                        ? moves(
                                seq,
                                at,
                                "volume.moved",
                                old,
                                old.to(),
                                "; the copies on " + old.from() + " stay there until they are removed")
                        : moves(
                                seq,
                                at,
                                "volume.moved_back",
                                old,
                                old.from(),
                                ", which did not come about, so that it stays where it was: " + failure));
    }

    private static KnitEvent moves(long seq, Instant at, String type, SlotMove move, String node, String more) {
        String message = "slot " + move.slot() + " of " + move.deployment() + " with its volumes "
                + String.join(", ", move.volumes()) + ": from " + move.from() + " to " + move.to() + more;
        return new KnitEvent(seq, at, type, move.deployment(), null, node, message);
    }

    private static KnitEvent event(long seq, Instant at, String type, SlotVolume volume, String what) {
        String message = "the volume \"" + volume.name() + "\" of " + volume.deployment() + ", slot " + volume.slot()
                + ", on " + volume.node() + what;
        return new KnitEvent(seq, at, type, volume.deployment(), null, volume.node(), message);
    }
}
