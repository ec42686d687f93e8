package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.testkit.runtime.FakeEngine;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of what an image wants kept. */
class VolumeScenarioTest {
    private static final Duration LATER = Duration.ofHours(2);

    @Test
    @DisplayName("it stays over a revision and a restart of the agent, and goes after the deployment")
    void unnamed() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            FakeEngine engine = fleet.hosts().get(0).engine().withVolumes("db:1", "/data");
            fleet.deploy(DeploymentSpec.builder("db", "db:1").build());
            assertThat(engine.volumes()).hasSize(1);
            fleet.deploy(DeploymentSpec.builder("db", "db:1").env("A", "1").build());
            fleet.runFor(LATER);
            fleet.killAgent("node-0");
            fleet.startAgent("node-0");
            fleet.runFor(LATER);
            assertThat(engine.volumes()).hasSize(1);

            fleet.await(fleet.orchestrator().undeploy("db"));
            fleet.runFor(Duration.ofMinutes(1));
            assertThat(engine.volumes()).hasSize(1);
            fleet.runFor(LATER);
            assertThat(engine.volumes()).isEmpty();
        }
    }
}
