package io.knit.core.server.join;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.wire.Heartbeat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FactLimitsTest {
    private static final int MOST_OF_ALL = 1_000;
    private ClusterState state = ClusterState.empty("c");
    private final FactLimits limits = new FactLimits(state, MOST_OF_ALL);

    private static Map<String, String> labels(int bytes) {
        return Map.of("k", "x".repeat(bytes - 1));
    }

    private boolean takes(String node, int bytes) {
        Heartbeat beat = new Heartbeat(1, "c", node, "i", 1, "h", labels(bytes), 1, 1, "", "", null, null, 0, "", "");
        return limits.refusal(beat).isEmpty();
    }

    private void commit(Change change) {
        ClusterState after = change.applyTo(state);
        limits.committed(new Commit(state, after, List.of(change), List.of()));
        state = after;
    }

    private void put(String id, int bytes) {
        NodeFacts facts = new NodeFacts("h", labels(bytes), new Capacity(1, 1), "", "", null, null, "", List.of());
        commit(new Change.PutNode(node(id, NodeState.READY, facts)));
    }

    @Test
    @DisplayName(
            "all nodes' labels together have a bound: what is there stays, may shrink, and leaves room when it goes")
    void together() {
        put("a", 600);
        assertThat(takes("b", 400)).isTrue();
        put("b", 400);
        assertThat(takes("c", 1)).isFalse();
        assertThat(takes("b", 400)).isTrue();
        assertThat(takes("b", 401)).isFalse();
        assertThat(takes("b", 2)).isTrue();
        put("b", 2);
        assertThat(takes("c", 398)).isTrue();
        commit(new Change.RemoveNode("a"));
        assertThat(takes("c", 998)).isTrue();
    }

    @Test
    @DisplayName("one node's labels have a bound of their own")
    void one() {
        FactLimits wide = new FactLimits(state);
        Heartbeat most = new Heartbeat(
                1, "c", "n", "i", 1, "h", labels(FactLimits.MOST_OF_ONE), 1, 1, "", "", null, null, 0, "", "");
        Heartbeat more = new Heartbeat(
                1, "c", "n", "i", 1, "h", labels(FactLimits.MOST_OF_ONE + 1), 1, 1, "", "", null, null, 0, "", "");
        assertThat(wide.refusal(most)).isEmpty();
        assertThat(wide.refusal(more))
                .hasValueSatisfying(words -> assertThat(words).contains("16384", "fewer"));
    }
}
