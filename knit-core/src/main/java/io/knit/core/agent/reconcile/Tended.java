package io.knit.core.agent.reconcile;

import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.Sidecar;
import io.knit.core.agent.reconcile.memory.Sidecars;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What came of a {@link Tending}.
 *
 * @param removed ids of containers that are gone
 * @param last what those that had ended wrote last, by name
 * @param started names of those that run
 * @param refused by name, why it does not run
 * @param stuck why one can't be removed, or what was begun may still come about; empty: neither
 * @param answered whether the engine answered
 */
public record Tended(
        Set<String> removed,
        Map<String, String> last,
        Set<String> started,
        Map<String, String> refused,
        String stuck,
        boolean answered) {
    public Tended {
        removed = Set.copyOf(removed);
        last = Map.copyOf(last);
        started = Set.copyOf(started);
        refused = Map.copyOf(refused);
    }

    /** What is remembered from now on. What is removed may be shown a moment longer, so a second removal is not hurried. */
    public Sidecars on(Sidecars before, Duration now, BackOff backOff) {
        Map<String, Sidecar> next = new TreeMap<>(before.each());
        last.forEach((name, line) -> next.computeIfPresent(name, (key, it) -> it.wrote(line)));
        started.forEach(name -> next.put(name, before.of(name).started(now)));
        refused.forEach((name, why) -> next.put(name, before.of(name).refused(why, now, backOff)));
        Set<String> gone = new HashSet<>(before.gone());
        gone.addAll(removed);
        boolean waits = !removed.isEmpty() || !stuck.isEmpty();
        return new Sidecars(next, gone, waits ? now.plus(backOff.first()) : before.hold());
    }
}
