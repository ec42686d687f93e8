package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A node goes down and comes back, again and again. */
class FlapScenarioTest {
    private static Node node(SimulatedFleet fleet) {
        return fleet.orchestrator().node("node-1").orElseThrow();
    }

    private static void downAndBack(SimulatedFleet fleet) {
        fleet.killAgent("node-1");
        fleet.runUntil(() -> node(fleet).state() == NodeState.DOWN);
        fleet.startAgent("node-1");
        fleet.runUntil(() -> node(fleet).state() == NodeState.READY);
    }

    private static Instance pinned(SimulatedFleet fleet) {
        return fleet.deployment("pinned").instances().get(0);
    }

    @Test
    @DisplayName("it takes no new work until it stayed up for a while, what waits for it says why, and gets it then")
    void flaps() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            List<KnitEvent> told = new ArrayList<>();
            fleet.orchestrator().listen(told::add);
            downAndBack(fleet);
            assertThat(node(fleet).takesWork()).as("it was restarted once").isTrue();
            downAndBack(fleet);
            assertThat(node(fleet).takesWork()).isFalse();
            assertThat(node(fleet).reason())
                    .startsWith("it went down 2 times, each within 15m after it was back")
                    .endsWith("until it stayed up for 30s");
            assertThat(told)
                    .filteredOn(event -> event.type().equals("node.flapping"))
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event.message()).startsWith("node-1 is ready: it went down 2 times"));

            fleet.deploy(DeploymentSpec.builder("web", "web:1").replicas(3).build());
            assertThat(fleet.deployment("web").instances())
                    .extracting(Instance::node)
                    .containsOnly("node-0");
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("pinned", "web:1")
                            .nodeSelector("name", "node-1")
                            .build()));
            fleet.runFor(Duration.ofSeconds(5));
            assertThat(pinned(fleet).state()).isEqualTo(InstanceState.PENDING);
            assertThat(pinned(fleet).reason()).contains("node-1 takes no work now (ready, it went down 2 times");

            // neither a clock nor a restart ends it earlier
            fleet.server().kill();
            fleet.server().setClock(Duration.ofHours(1));
            fleet.server().start();
            fleet.runFor(Duration.ofSeconds(10));
            assertThat(node(fleet).takesWork()).isFalse();
            fleet.runUntil(() -> pinned(fleet).state() == InstanceState.RUNNING);
            assertThat(node(fleet).takesWork()).isTrue();
            assertThat(node(fleet).reason()).isEmpty();
            assertThat(Objects.requireNonNull(node(fleet).judgement().unsteady())
                            .downs())
                    .isEqualTo(2);
        }
    }
}
