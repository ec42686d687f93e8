package io.knit.core.server.state;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A version of a variable, secret or file that another has followed, and that something still runs with.
 *
 * @param readers names of the deployments that do; none of them: it goes
 */
public record OlderValue(KnownValue known, SortedSet<String> readers) {
    public OlderValue {
        Objects.requireNonNull(known, "known");
        readers = Collections.unmodifiableSortedSet(new TreeSet<>(readers));
    }

    /** Where it stands among all versions. */
    public String at() {
        return at(known.at(), known.value().version());
    }

    /**
     * Where a version stands.
     *
     * @param at {@link KnownValue#at}
     */
    public static String at(String at, int version) {
        return at + "/" + version;
    }

    /** The same without one of its readers. */
    public OlderValue without(String deployment) {
        SortedSet<String> rest = new TreeSet<>(readers);
        rest.remove(deployment);
        return new OlderValue(known, rest);
    }
}
