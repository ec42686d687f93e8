package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The newest events, by number, in pieces of which the oldest are let go. Immutable: readers wait for nobody, and nobody for them.
 *
 * @param pieces oldest first; none is empty
 * @param count of events
 * @param letters in their messages
 */
record EventRing(List<List<KnitEvent>> pieces, int count, long letters) {
    static final EventRing EMPTY = new EventRing(List.of(), 0, 0);

    /** Smaller pieces are put together. */
    private static final int PIECE = 256;

    /** @param most events and letters that are kept, and up to one piece more */
    EventRing plus(List<KnitEvent> events, int most, long mostLetters) {
        EventRing longer = this;
        for (int from = 0; from < events.size(); from += PIECE) {
            longer = longer.plusPiece(events.subList(from, Math.min(from + PIECE, events.size())));
        }
        return longer.shortened(most, mostLetters);
    }

    private EventRing plusPiece(List<KnitEvent> events) {
        List<List<KnitEvent>> longer = new ArrayList<>(pieces);
        List<KnitEvent> newest = longer.isEmpty() ? List.of() : longer.get(longer.size() - 1);
        if (!newest.isEmpty() && newest.size() + events.size() <= PIECE) {
            List<KnitEvent> both = new ArrayList<>(newest);
            both.addAll(events);
            longer.set(longer.size() - 1, List.copyOf(both));
        } else {
            longer.add(List.copyOf(events));
        }
        return new EventRing(longer, count + events.size(), letters + letters(events));
    }

    private EventRing shortened(int most, long mostLetters) {
        int gone = 0;
        int rest = count;
        long restLetters = letters;
        while (gone < pieces.size() - 1) {
            List<KnitEvent> oldest = pieces.get(gone);
            long theirs = letters(oldest);
            if (rest - oldest.size() < most && restLetters - theirs < mostLetters) {
                break;
            }
            gone++;
            rest -= oldest.size();
            restLetters -= theirs;
        }
        return gone == 0 ? this : new EventRing(List.copyOf(pieces.subList(gone, pieces.size())), rest, restLetters);
    }

    private static long letters(List<KnitEvent> events) {
        return events.stream().mapToLong(event -> event.message().length()).sum();
    }

    /** Those with a higher number, oldest first. */
    List<KnitEvent> after(long seq) {
        List<KnitEvent> found = new ArrayList<>();
        for (int i = pieces.size() - 1; i >= 0; i--) {
            List<KnitEvent> piece = pieces.get(i);
            for (int e = piece.size() - 1; e >= 0; e--) {
                if (piece.get(e).seq() <= seq) {
                    Collections.reverse(found);
                    return found;
                }
                found.add(piece.get(e));
            }
        }
        Collections.reverse(found);
        return found;
    }
}
