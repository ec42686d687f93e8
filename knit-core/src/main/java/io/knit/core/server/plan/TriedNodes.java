package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Of a {@code global} deployment, the nodes that were given a revision as its canaries and are away. Each counts as one until it is back or forgotten, so that a
 * revision that is too much for its nodes does not get one after the other.
 */
final class TriedNodes {
    private static final int NAMED = 3;

    private final Roster roster;
    /** Why, by node. */
    private final SortedMap<SlotKey, String> away = new TreeMap<>();

    /** Those that are back, and are to be given it again. */
    private final SortedSet<SlotKey> back = new TreeSet<>();

    private final SortedSet<SlotKey> tried = new TreeSet<>();

    TriedNodes(
            Deployment deployment, Rollout before, Roster roster, Collection<Instance> instances, Unchanged unchanged) {
        this.roster = roster;
        if (areTried(deployment, before)) {
            before.away().stream().map(SlotKey::of).forEach(this::add);
            instances.stream()
                    .filter(it -> it.key() != null
                            && it.node() != null
                            && it.revision() > before.from()
                            && unchanged.of(it).revision() == deployment.revision())
                    .map(Instance::slotKey)
                    .forEach(this::add);
        }
    }

    /** Whether there are canaries, and nobody promoted them. */
    static boolean areTried(Deployment deployment, Rollout rollout) {
        return deployment.spec().update().canary() > 0 && rollout.from() > 0 && !rollout.promoted();
    }

    private void add(SlotKey key) {
        tried.add(key);
        String why = roster.away(key);
        if (why != null) {
            away.put(key, why);
        }
    }

    /** Whether it was given the revision before. */
    boolean has(Slot slot) {
        return tried.contains(slot.key());
    }

    /** Nothing is in it any more, and it is to be filled. */
    void empty(Slot slot) {
        if (has(slot)) {
            back.add(slot.key());
        }
    }

    /** Of those that are away, and of those that are back and empty. */
    List<String> names() {
        return Stream.concat(away.keySet().stream(), back.stream())
                .map(SlotKey::toString)
                .toList();
    }

    /** Which are away and why; empty: none is. */
    String words() {
        if (away.isEmpty()) {
            return "";
        }
        String named = away.entrySet().stream()
                .limit(NAMED)
                .map(it -> it.getKey() + " (" + it.getValue() + ")")
                .collect(Collectors.joining(", "));
        int more = away.size() - NAMED;
        return away.size() == 1
                ? "canary " + named + " is away"
                : "canaries " + named + (more > 0 ? " and " + more + " more" : "") + " are away";
    }
}
