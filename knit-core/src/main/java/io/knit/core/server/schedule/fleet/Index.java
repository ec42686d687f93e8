package io.knit.core.server.schedule.fleet;

import io.knit.api.model.Node;
import io.knit.core.rules.IpAddress;
import io.knit.core.rules.node.Match;
import io.knit.core.server.schedule.wish.Wish;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** What lies with a node alone, and which nodes have it: that it takes work, its labels, its agent's features, its mesh address. Immutable. */
final class Index {
    static final Index EMPTY = new Index(HashTreePMap.empty());
    private static final String TAKES_WORK = "takes work";

    /** By words for what they have. */
    private final PMap<String, Bits> nodes;

    private Index(PMap<String, Bits> nodes) {
        this.nodes = nodes;
    }

    /** Those that would be asked, for all that lies with them alone. */
    Bits admitting(Wish wish) {
        Bits admitting = of(TAKES_WORK);
        for (String feature : wish.features()) {
            admitting = admitting.and(of(feature(feature)));
        }
        for (Match match : wish.matches()) {
            if (match.isOfLabelValues()) {
                admitting = admitting.and(having(match));
            }
        }
        return admitting;
    }

    private Bits having(Match match) {
        Bits having = Bits.NONE;
        for (String value : match.values()) {
            having = having.or(of(label(match.key(), value)));
        }
        return having;
    }

    /** Those that have this mesh address. */
    Bits onMesh(String ip) {
        return of(meshIp(ip));
    }

    /** At this place is another record of a node. */
    Index move(int place, @Nullable Node before, @Nullable Node after) {
        Set<String> had = words(before);
        Set<String> has = words(after);
        PMap<String, Bits> next = nodes;
        for (String word : missing(had, has)) {
            Bits rest = of(word).without(place);
            next = rest.isEmpty() ? next.minus(word) : next.plus(word, rest);
        }
        for (String word : missing(has, had)) {
            next = next.plus(word, of(word).with(place));
        }
        return next == nodes ? this : new Index(next);
    }

    private Bits of(String word) {
        Bits found = nodes.get(word);
        return found == null ? Bits.NONE : found;
    }

    private static Collection<String> missing(Set<String> from, Set<String> in) {
        return from.stream().filter(word -> !in.contains(word)).toList();
    }

    private static Set<String> words(@Nullable Node node) {
        Set<String> words = new HashSet<>();
        if (node == null) {
            return words;
        }
        if (node.takesWork()) {
            words.add(TAKES_WORK);
        }
        if (node.meshIp() != null) {
            words.add(meshIp(node.meshIp()));
        }
        node.features().forEach(feature -> words.add(feature(feature)));
        node.labels().entrySet().forEach(label -> words.add(label(label.getKey(), label.getValue())));
        return words;
    }

    private static String feature(String feature) {
        return "feature " + feature;
    }

    /** Users and meshes spell one address in several ways. */
    private static String meshIp(String ip) {
        return "mesh " + IpAddress.spelled(ip);
    }

    /** With the length of the key: no two labels have one word, wherever their equals signs are. */
    private static String label(String key, String value) {
        return "label " + key.length() + " " + key + "=" + value;
    }
}
