package io.knit.core.server.state;

import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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
            Optional<KnitEvent> words =
                    isNextTry(before, change) ? Optional.empty() : EventWords.of(state, change, last, now);
            words.ifPresent(event -> {
                // what an instance was within one decision nobody ever saw
                events.removeIf(
                        earlier -> event.instance() != null && event.instance().equals(earlier.instance()));
                events.add(event);
            });
            state = change.applyTo(state);
        }
        List<KnitEvent> numbered = new ArrayList<>();
        for (KnitEvent event : events) {
            numbered.add(event.numbered(last + numbered.size() + 1));
        }
        return numbered;
    }

    /** Why there is another try was told of the one before it, in the same commit. */
    private static boolean isNextTry(ClusterState before, Change change) {
        return change instanceof Change.PutInstance put
                && put.instance().state() == InstanceState.PENDING
                && put.instance().attempt() > 0
                && before.instance(put.instance().id()) == null;
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
