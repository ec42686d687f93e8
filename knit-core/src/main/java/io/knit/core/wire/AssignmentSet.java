package io.knit.core.wire;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All orders of one node, with the revision of the server's state they were read from. A set with a higher revision
 * replaces one with a lower, whole.
 */
public final class AssignmentSet {
    /** What a node has that never heard of a server. */
    public static final AssignmentSet NONE =
            new AssignmentSet(0, Collections.emptySortedMap(), List.of(), List.of(), null);

    private final long revision;
    private final SortedMap<String, Assignment> byInstance;

    private final List<Prepare> prepare;
    private final List<VolumeRemoval> removals;

    /** The server's word for the set; null: none came with it. */
    private final @Nullable String word;

    private AssignmentSet(
            long revision,
            SortedMap<String, Assignment> byInstance,
            List<Prepare> prepare,
            List<VolumeRemoval> removals,
            @Nullable String word) {
        this.word = word;
        this.revision = revision;
        this.byInstance = byInstance;
        this.prepare = List.copyOf(prepare);
        this.removals = List.copyOf(removals);
    }

    public static AssignmentSet of(long revision, Collection<Assignment> assignments) {
        return of(revision, assignments, List.of());
    }

    /**
     * @param prepare what is to be made ready beside, ordered by instance
     */
    public static AssignmentSet of(long revision, Collection<Assignment> assignments, List<Prepare> prepare) {
        return of(revision, assignments, prepare, null);
    }

    /**
     * @param word the digest that the server gave with it; null: it is worked out
     */
    public static AssignmentSet of(
            long revision, Collection<Assignment> assignments, List<Prepare> prepare, @Nullable String word) {
        SortedMap<String, Assignment> sorted = new TreeMap<>();
        assignments.forEach(assignment -> sorted.put(assignment.instance(), assignment));
        return new AssignmentSet(revision, Collections.unmodifiableSortedMap(sorted), prepare, List.of(), word);
    }

    /** The same with a word of the server's that changes with everything in it. Only agents that give it back can be told it. */
    public AssignmentSet worded() {
        String all = Digests.of(byInstance.values(), prepare, removals, true);
        return new AssignmentSet(revision, byInstance, prepare, removals, all);
    }

    /** The same where these volumes are to go; only for agents with {@link Features#VOLUME_REMOVAL}. */
    public AssignmentSet removing(List<VolumeRemoval> volumes) {
        return new AssignmentSet(revision, byInstance, prepare, volumes, word);
    }

    /** 0 if it never came from a server. */
    public long revision() {
        return revision;
    }

    /** Whether a server ever gave it; before that an agent removes nothing. */
    public boolean known() {
        return revision > 0;
    }

    /** By instance, unmodifiable. */
    public SortedMap<String, Assignment> assignments() {
        return byInstance;
    }

    public @Nullable Assignment get(String instance) {
        return byInstance.get(instance);
    }

    /** What is to be made ready for instances that may come, ordered by instance. */
    public List<Prepare> prepare() {
        return prepare;
    }

    /** Volumes that are to go, in the order of their keys. */
    public List<VolumeRemoval> removals() {
        return removals;
    }

    /** Changes when any order in the set does; does not depend on the revision. The server's word where one came with the set. */
    public String digest() {
        return word != null ? word : Digests.of(byInstance.values(), prepare, removals, false);
    }

    /** The names of what its orders read and was not given. A server that was started anew may give it. */
    public Set<String> notGiven() {
        return byInstance.values().stream()
                .flatMap(it -> it.reads().stream())
                .filter(value -> value.body() == null)
                .map(ReadValue::key)
                .collect(Collectors.toSet());
    }

    /** Whether an order in it can't be read by this release. A later one may, and has to ask for it again. */
    public boolean isReadable() {
        return byInstance.values().stream().allMatch(it -> it.unreadable() == null);
    }
}
