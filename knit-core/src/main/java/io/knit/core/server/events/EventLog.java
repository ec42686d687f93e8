package io.knit.core.server.events;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.core.server.state.Allowance;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The newest events. Written on the loop, read by any thread, which the loop never waits for. */
public final class EventLog {
    /**
     * How many are kept for followers: a thousand instances that are replaced make eight thousand, faster than who follows over a slow
     * line reads them.
     */
    static final int KEPT = 20_000;

    /** What they say altogether, for a message may be long. */
    private static final long LETTERS = 8L << 20;

    /** A node may change its words, and its instances theirs, as often as it likes; who reads the events wants to hear of others, too. */
    private final Allowance talk = new Allowance(60, Duration.ofSeconds(10));

    private volatile EventRing kept = EventRing.EMPTY;
    private volatile long last;
    private final StoredEvents stored;

    /**
     * @param loaded oldest first
     * @param last number of the newest event ever; 0 if none
     */
    public EventLog(List<KnitEvent> loaded, long last) {
        this(loaded, last, new StoredEvents(List.of()));
    }

    /** @param stored where the store has them */
    public EventLog(List<KnitEvent> loaded, long last, StoredEvents stored) {
        this.last = last;
        this.stored = stored;
        keep(loaded);
    }

    public long last() {
        return last;
    }

    /**
     * What the changes mean, numbered on from the newest event; not yet part of the log.
     *
     * @param before the state before the first step
     * @param elapsed never goes back
     */
    public List<KnitEvent> derive(ClusterState before, List<Step> steps, Instant now, Duration elapsed) {
        Map<Object, KnitEvent> events = new LinkedHashMap<>();
        ClusterState after =
                steps.isEmpty() ? before : steps.get(steps.size() - 1).after();
        for (Step step : steps) {
            Optional<KnitEvent> words = isNextTry(before, step.change())
                    ? Optional.empty()
                    : EventWords.of(before, step, after, last, now)
                            .flatMap(event -> isTalk(step) ? affordable(event, elapsed) : Optional.of(event));
            words.ifPresent(event -> {
                Object about = event.instance() != null ? event.instance() : step;
                // what an instance was within one decision nobody ever saw
                events.remove(about);
                events.put(about, event);
            });
            GoneVolumes.of(step, last, now).forEach(event -> events.put(event, event));
        }
        List<KnitEvent> numbered = new ArrayList<>();
        for (KnitEvent event : events.values()) {
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

    /** Whether only words change: a state that changes is told always, and changes less often. */
    private static boolean isTalk(Step step) {
        Change change = step.change();
        if (change instanceof Change.PutWaits) {
            return true;
        }
        ClusterState before = step.before();
        ClusterState after = step.after();
        String id = change.nodePut();
        if (id != null) {
            Node old = before.node(id);
            Node now = after.node(id);
            return old != null
                    && now != null
                    && old.state() == now.state()
                    && old.wish().equals(now.wish());
        }
        Instance now = change.instanceIn(after);
        Instance old = now == null ? null : before.instance(now.id());
        return now != null && old != null && old.state() == now.state();
    }

    private Optional<KnitEvent> affordable(KnitEvent event, Duration elapsed) {
        String who = event.node() != null ? event.node() : "deployment " + event.deployment();
        long untold = talk.take(who, elapsed);
        if (untold < 0) {
            return Optional.empty();
        }
        return Optional.of(
                untold == 0
                        ? event
                        : new KnitEvent(
                                event.seq(),
                                event.at(),
                                event.type(),
                                event.deployment(),
                                event.instance(),
                                event.node(),
                                event.message() + " (" + untold + " changes before were not told)"));
    }

    /** Which of them are in the store. Only on the loop. */
    public StoredEvents stored() {
        return stored;
    }

    /** They are stored. */
    public void append(List<KnitEvent> events) {
        if (!events.isEmpty()) {
            stored.stored(events);
            keep(events);
        }
    }

    private void keep(List<KnitEvent> events) {
        if (!events.isEmpty()) {
            last = Math.max(last, events.get(events.size() - 1).seq());
            kept = kept.plus(events, KEPT, LETTERS);
        }
    }

    /** Kept events with a higher number, oldest first. */
    public List<KnitEvent> after(long seq) {
        return kept.after(seq);
    }
}
