package io.knit.core.server.join;

import io.knit.api.model.NodeFacts;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.PlainText;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much the nodes may tell of themselves, labels, permissions and names together: it stays in memory and in the store as long as the node is known. A node that tells more
 * is known all the same, with the labels and permissions that it had, and takes no work. Loop-bound.
 */
public final class FactLimits {
    /** Of one node: about two hundred labels, or sixty permissions as long as they may be. */
    static final int MOST_OF_ONE = 16 * 1024;
    /** Of all nodes together: ten thousand that tell 3 KiB each. */
    static final int MOST_OF_ALL = 32 * 1024 * 1024;

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_CONDITION = 1_000;

    private final int mostOfAll;
    private final Map<String, Integer> sizes = new HashMap<>();
    private long all;

    public FactLimits(ClusterState state) {
        this(state, MOST_OF_ALL);
    }

    FactLimits(ClusterState state, int mostOfAll) {
        this.mostOfAll = mostOfAll;
        state.nodes().values().forEach(node -> put(node.id(), node.facts()));
    }

    /** To be called after each commit. */
    public void committed(Commit commit) {
        for (Change change : commit.changes()) {
            if (change instanceof Change.PutNode put) {
                put(put.node().id(), put.node().facts());
            } else if (change instanceof Change.PutFacts put) {
                put(put.node(), put.facts());
            } else if (change instanceof Change.RemoveNode remove) {
                all -= sizes.getOrDefault(remove.id(), 0);
                sizes.remove(remove.id());
            }
        }
    }

    private void put(String node, NodeFacts facts) {
        int size = size(facts);
        @Nullable Integer before = sizes.put(node, size);
        all += size - (before == null ? 0 : before);
    }

    /** Why what the node tells can't be taken, or empty: it can. */
    public Optional<String> refusal(String node, NodeFacts told) {
        int size = size(told);
        if (size > MOST_OF_ONE) {
            return Optional.of("its labels, what it allows and its names are more than the " + MOST_OF_ONE
                    + " bytes that a server takes of a node; start its agent with fewer or shorter labels, or fewer"
                    + " words of --allow");
        }
        int before = sizes.getOrDefault(node, 0);
        if (size > before && all - before + size > mostOfAll) {
            return Optional.of("what all nodes tell, their labels above all, would be more than the " + mostOfAll
                    + " bytes that a server takes; start agents with fewer labels, or forget nodes that are down with"
                    + " DELETE /nodes/{id}");
        }
        return Optional.empty();
    }

    /**
     * Characters are counted, and twice where one is not ASCII: about the memory they take. Not the condition and what else comes and goes: they are cut,
     * and where a node is refused, the refusal itself stands in them.
     */
    private static int size(NodeFacts facts) {
        Stream<@Nullable String> words = Stream.of(
                facts.hostname(),
                facts.engineVersion(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                facts.os(),
                facts.arch());
        long size = Stream.of(
                        facts.labels().keySet().stream(),
                        facts.labels().values().stream(),
                        facts.allows().stream(),
                        facts.containerSubnets().stream(),
                        words.filter(Objects::nonNull))
                .flatMap(texts -> texts)
                .mapToLong(FactLimits::size)
                .sum();
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static long size(String text) {
        return text.length() + text.chars().filter(c -> c > 0x7f).count();
    }

    /** With texts that are short and fit for people; labels are left as they are. */
    public static Heartbeat tidy(Heartbeat beat) {
        return beat.saying(
                PlainText.of(beat.hostname(), LONGEST_NAME),
                plain(beat.labels()),
                PlainText.of(beat.engineVersion(), LONGEST_NAME),
                PlainText.of(beat.agentVersion(), LONGEST_NAME),
                PlainText.of(beat.condition(), LONGEST_CONDITION),
                beat.namesFault() == null ? null : PlainText.of(beat.namesFault(), LONGEST_CONDITION));
    }

    private static Map<String, String> plain(Map<String, String> labels) {
        Map<String, String> plain = new TreeMap<>();
        labels.forEach((key, value) -> plain.put(PlainText.of(key), PlainText.of(value)));
        return plain;
    }
}
