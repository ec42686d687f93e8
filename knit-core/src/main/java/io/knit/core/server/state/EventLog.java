package io.knit.core.server.state;

import io.knit.api.model.KnitEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The newest events. Written on the loop, read by any thread. */
public final class EventLog {
    /** How many are kept. */
    public static final int KEPT = 1_000;

    private final Deque<KnitEvent> kept = new ArrayDeque<>();
    private long last;

    /**
     * @param loaded oldest first
     * @param last number of the newest event ever; 0 if none
     */
    public EventLog(List<KnitEvent> loaded, long last) {
        this.last = last;
        append(loaded);
    }

    public synchronized long last() {
        return last;
    }

    /** What the changes mean, numbered on from the newest event; not yet part of the log. */
    synchronized List<KnitEvent> derive(ClusterState before, List<Change> changes, Instant now) {
        List<KnitEvent> events = new ArrayList<>();
        ClusterState state = before;
        for (Change change : changes) {
            long seq = last + events.size() + 1;
            EventWords.of(state, change, seq, now).ifPresent(events::add);
            state = change.applyTo(state);
        }
        return events;
    }

    synchronized void append(List<KnitEvent> events) {
        for (KnitEvent event : events) {
            kept.addLast(event);
            last = Math.max(last, event.seq());
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
    }

    /** Kept events with a higher number, oldest first. */
    public synchronized List<KnitEvent> after(long seq) {
        return kept.stream().filter(event -> event.seq() > seq).toList();
    }
}
