package io.knit.core.agent.reconcile;

import java.util.Map;
import java.util.Set;

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

    boolean isStuck() {
        return !stuck.isEmpty();
    }
}
