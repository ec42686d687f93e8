package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a user's own test looks like, and the waiting of {@code Orchestrator}. */
class SimulatedFleetTest {
    private static final Duration FAR = Duration.ofHours(1);
    private static final DeploymentSpec WEB =
            DeploymentSpec.builder("web", "nginx:1").replicas(3).build();

    @Test
    void threeNodesTakeOverFromOneThatIsGone() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            assertThat(fleet.deploy(WEB).status()).isEqualTo(DeploymentStatus.RUNNING);
            assertThat(fleet.containers("node-1")).hasSize(1);
            fleet.killAgent("node-1");
            fleet.runFor(Duration.ofMinutes(5));
            assertThat(fleet.deployment("web").status()).isEqualTo(DeploymentStatus.RUNNING);
            assertThat(fleet.containers("node-0").size()
                            + fleet.containers("node-2").size())
                    .isEqualTo(3);
        }
    }

    @Test
    void aDeploymentIsAwaitedUntilItRunsAndUntilItIsGone() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            Future<DeploymentView> running = fleet.orchestrator()
                    .deploy(WEB)
                    .compose(made -> fleet.orchestrator().awaitRunning(made.name(), FAR));
            assertThat(running.isComplete()).isFalse();
            assertThat(fleet.await(running).status()).isEqualTo(DeploymentStatus.RUNNING);
            Future<Void> gone = fleet.orchestrator()
                    .undeploy("web")
                    .compose(view -> fleet.orchestrator().awaitGone("web", FAR));
            fleet.await(gone);
            assertThat(fleet.orchestrator().snapshot().deployment("web")).isEmpty();
            assertThatThrownBy(() -> fleet.await(fleet.orchestrator().awaitRunning("web", FAR)))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    @Test
    void whoWaitsInVainLearnsWhy() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            DeploymentSpec nowhere = DeploymentSpec.builder("web", "nginx:1")
                    .nodeSelector("name", "moon")
                    .build();
            fleet.await(fleet.orchestrator().deploy(nowhere));
            fleet.runFor(Duration.ofSeconds(5));
            assertThatThrownBy(() -> fleet.orchestrator()
                            .awaitRunning("web", Duration.ofMillis(1))
                            .await())
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_NODE_FITS))
                    .hasMessageContaining("still pending")
                    .hasMessageContaining("moon");
        }
    }
}
