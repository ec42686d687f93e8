package io.knit.core.server.schedule;

import java.util.Collection;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePSet;

/** Words, each with the nodes it belongs to. Immutable. */
final class Index {
    static final Index EMPTY = new Index(HashTreePMap.empty());

    private final PMap<String, PSortedSet<String>> nodes;

    private Index(PMap<String, PSortedSet<String>> nodes) {
        this.nodes = nodes;
    }

    /** In the order of their ids. */
    PSortedSet<String> of(String word) {
        PSortedSet<String> found = nodes.get(word);
        return found == null ? TreePSet.empty() : found;
    }

    /** The node has the words of {@code after} instead of those of {@code before}. */
    Index move(String node, Set<String> before, Set<String> after) {
        PMap<String, PSortedSet<String>> next = nodes;
        for (String word : missing(before, after)) {
            PSortedSet<String> rest = of(word).minus(node);
            next = rest.isEmpty() ? next.minus(word) : next.plus(word, rest);
        }
        for (String word : missing(after, before)) {
            next = next.plus(word, of(word).plus(node));
        }
        return next == nodes ? this : new Index(next);
    }

    private static Collection<String> missing(Set<String> from, Set<String> in) {
        return from.stream().filter(word -> !in.contains(word)).toList();
    }
}
