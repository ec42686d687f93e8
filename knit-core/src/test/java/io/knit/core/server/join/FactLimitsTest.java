package io.knit.core.server.join;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FactLimitsTest {
    private static final int MOST_OF_ALL = 1_000;
    private ClusterState state = ClusterState.empty("c");
    private final FactLimits limits = new FactLimits(state, MOST_OF_ALL);

    private static NodeFacts facts(Map<String, String> labels) {
        return new NodeFacts("h", labels, new Capacity(1, 1), "", "", null, null, "", List.of());
    }

    private static Map<String, String> labels(int bytes) {
        return Map.of("k", "x".repeat(bytes - 1));
    }

    private boolean takes(String node, int bytes) {
        return limits.refusal(node, facts(labels(bytes - 1))).isEmpty();
    }

    private void commit(Change change) {
        ClusterState after = change.applyTo(state);
        limits.committed(new Commit(state, after, List.of(change), List.of()));
        state = after;
    }

    private void put(String id, int bytes) {
        commit(new Change.PutNode(node(id, NodeState.READY, facts(labels(bytes - 1)))));
    }

    @Test
    @DisplayName(
            "all nodes' labels together have a bound: what is there stays, may shrink, and leaves room when it goes")
    void together() {
        put("a", 600);
        assertThat(takes("b", 400)).isTrue();
        put("b", 400);
        assertThat(takes("c", 2)).isFalse();
        assertThat(takes("b", 400)).isTrue();
        assertThat(takes("b", 401)).isFalse();
        assertThat(takes("b", 2)).isTrue();
        put("b", 2);
        assertThat(takes("c", 398)).isTrue();
        commit(new Change.RemoveNode("a"));
        assertThat(takes("c", 998)).isTrue();
    }

    @Test
    @DisplayName("what one node tells has a bound of its own: its labels, what it allows, and its names together")
    void one() {
        FactLimits wide = new FactLimits(state);
        assertThat(wide.refusal("n", facts(labels(FactLimits.MOST_OF_ONE - 1)))).isEmpty();
        assertThat(wide.refusal("n", facts(labels(FactLimits.MOST_OF_ONE))))
                .hasValueSatisfying(words -> assertThat(words).contains("16384", "fewer"));
        List<String> paths = IntStream.range(0, 64)
                .mapToObj(i -> "bind:/" + "x".repeat(240) + i)
                .toList();
        assertThat(wide.refusal("n", allowing(labels(100), paths))).isEmpty();
        assertThat(wide.refusal("n", allowing(labels(2_000), paths))).isPresent();
    }

    @Test
    @DisplayName("a node that was refused is refused again: that the refusal stands in its condition makes no room")
    void again() {
        put("a", 600);
        put("b", 400);
        String refusal = limits.refusal("b", facts(labels(500))).orElseThrow();
        NodeFacts kept = new NodeFacts("h", labels(399), new Capacity(1, 1), "", "", null, null, refusal, List.of());
        commit(new Change.PutFacts("b", kept));
        assertThat(limits.refusal("b", facts(labels(500)))).isPresent();
    }

    private static NodeFacts allowing(Map<String, String> labels, List<String> allows) {
        return new NodeFacts(
                "h",
                labels,
                new Capacity(1, 1),
                "",
                "",
                null,
                null,
                "",
                List.of(),
                "",
                "",
                null,
                allows,
                "",
                List.of(),
                "");
    }
}
