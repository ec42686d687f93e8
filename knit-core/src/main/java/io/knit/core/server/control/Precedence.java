package io.knit.core.server.control;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Deployments that are to be looked at: the highest priority first, and of the same whoever came first. */
final class Precedence {
    private final SortedMap<Integer, Set<String>> byPriority = new TreeMap<>(Comparator.reverseOrder());

    boolean isEmpty() {
        return byPriority.isEmpty();
    }

    /** One that stands in it already stays where it is. */
    void add(String name, int priority) {
        byPriority.computeIfAbsent(priority, none -> new LinkedHashSet<>()).add(name);
    }

    /** Takes out the first. */
    String next() {
        Integer priority = byPriority.firstKey();
        Set<String> first = Objects.requireNonNull(byPriority.get(priority));
        String name = first.iterator().next();
        first.remove(name);
        if (first.isEmpty()) {
            byPriority.remove(priority);
        }
        return name;
    }

    /** Whether somebody of a higher priority stands in it. */
    boolean hasAbove(int priority) {
        return !byPriority.isEmpty() && byPriority.firstKey() > priority;
    }

    /** All, in their order. */
    Set<String> all() {
        Set<String> all = new LinkedHashSet<>();
        byPriority.values().forEach(all::addAll);
        return all;
    }
}
