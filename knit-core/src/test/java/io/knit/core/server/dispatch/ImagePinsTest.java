package io.knit.core.server.dispatch;

import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullPolicy;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whose word is taken for what a revision runs. */
class ImagePinsTest {
    private static final String ONE = "sha256:" + "1".repeat(64);
    private static final String TWO = "sha256:" + "2".repeat(64);

    private static ClusterState placed(DeploymentSpec web) {
        return state(
                List.of(node("n1", Map.of()), node("n2", Map.of())),
                List.of(deployment(1, web)),
                List.of(
                        on("n1", pending("web-0-a", "web", 1, 0), InstanceState.ASSIGNED),
                        on("n2", pending("web-1-a", "web", 1, 1), InstanceState.ASSIGNED)));
    }

    private static ClusterState after(ClusterState state, Decision<String> decision) {
        ClusterState next = state;
        for (Change change : decision.changes()) {
            next = change.applyTo(next);
        }
        return next;
    }

    @Test
    @DisplayName("of two that say one at the same time, the first is taken and the second is told so")
    void atTheSameTime() {
        ClusterState placed = placed(spec("web").build());
        Decision<String> first = ImagePins.decide(placed, "n1", "web-0-a", ONE);
        ClusterState after = after(placed, first);
        Decision<String> second = ImagePins.decide(after, "n2", "web-1-a", TWO);
        assertThat(first.answer()).isEqualTo(ONE);
        assertThat(second.answer()).isEqualTo(ONE);
        assertThat(second.changes()).isEmpty();
        assertThat(Objects.requireNonNull(after.revision("web", 1)).digest()).isEqualTo(ONE);
    }

    @Test
    @DisplayName(
            "nobody's word is taken of an instance elsewhere, or of a spec that leaves it to the node or says it itself")
    void others() {
        ClusterState placed = placed(spec("web").build());
        assertThat(ImagePins.decide(placed, "n2", "web-0-a", ONE)).isEqualTo(Decision.nothing(""));
        assertThat(ImagePins.decide(placed, "n1", "gone-0-a", ONE)).isEqualTo(Decision.nothing(""));
        ClusterState never = placed(spec("web").pull(PullPolicy.NEVER).build());
        assertThat(ImagePins.decide(never, "n1", "web-0-a", ONE)).isEqualTo(Decision.nothing(""));
        ClusterState itself =
                placed(DeploymentSpec.builder("web", "web:1@" + TWO).build());
        assertThat(ImagePins.decide(itself, "n1", "web-0-a", ONE)).isEqualTo(Decision.nothing(""));
    }
}
