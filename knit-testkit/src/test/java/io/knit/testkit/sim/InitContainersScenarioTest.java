package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.PartSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.host.SimulatedHost;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs before main containers, in a fleet whose parts die. */
class InitContainersScenarioTest {
    private static final List<String> NODES = List.of("node-0", "node-1", "node-2");

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(4)
                .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                .initContainer(PartSpec.of("second", "tool:1", "exit 0"))
                .build();
    }

    private static List<ContainerSnapshot> all(SimulatedFleet fleet) {
        return NODES.stream().flatMap(node -> fleet.containers(node).stream()).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName(
            "agents and the server die at any time, also in an update; in the end each instance has one container, and no part is left")
    void deaths(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.hosts().forEach(host -> host.engine().lifetimes(() -> Duration.ofMillis(chance.nextInt(9_000))));
            fleet.await(fleet.orchestrator().deploy(web("web:1")));
            for (int step = 0; step < 12; step++) {
                int number = chance.nextInt(3);
                String node = NODES.get(number);
                // somebody removes a container, so that its instance is made ready again
                fleet.containers(node).stream()
                        .filter(it -> !it.labels().containsKey(KnitLabels.PART))
                        .findFirst()
                        .ifPresent(it -> fleet.hosts().get(number).engine().prune(it.id()));
                fleet.runFor(Duration.ofMillis(chance.nextInt(6_000)));
                fleet.killAgent(node);
                fleet.runFor(Duration.ofMillis(chance.nextInt(4_000)));
                if (step == 4) {
                    fleet.server().kill();
                    fleet.runFor(Duration.ofMillis(chance.nextInt(4_000)));
                    fleet.server().start();
                }
                fleet.startAgent(node);
                fleet.runFor(Duration.ofMillis(chance.nextInt(3_000)));
                if (step == 7) {
                    fleet.runUntil(() -> fleet.orchestrator().ready());
                    fleet.await(fleet.orchestrator().deploy(web("web:2")));
                }
            }
            // how it stands with an instance is told a moment after its container is gone
            fleet.runFor(Duration.ofSeconds(20));
            fleet.runUntil(() -> fleet.deployment("web").instances().stream().allMatch(Instance::isHealthy)
                    && all(fleet).size() == 4);
            fleet.runFor(Duration.ofMinutes(5));
            assertThat(all(fleet)).hasSize(4).noneMatch(it -> it.labels().containsKey(KnitLabels.PART));
        }
    }

    @Test
    @DisplayName(
            "what an agent left of those is stopped by the next, though the server takes their instance for running")
    void left() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            fleet.deploy(DeploymentSpec.builder("web", "web:1")
                    .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                    .build());
            SimulatedHost host = fleet.hosts().get(0);
            host.engine().lifetimes(() -> Duration.ofHours(1));
            host.engine().prune(fleet.containers("node-0").get(0).id());
            fleet.runUntil(() -> fleet.containers("node-0").stream()
                    .anyMatch(it -> it.labels().containsKey(KnitLabels.PART) && it.state() == ContainerState.RUNNING));
            fleet.runFor(Duration.ofSeconds(10));
            fleet.killAgent("node-0");
            host.engine().lifetimes(() -> Duration.ofSeconds(1));
            fleet.startAgent("node-0");
            fleet.runUntil(() -> fleet.containers("node-0").stream()
                    .anyMatch(it -> !it.labels().containsKey(KnitLabels.PART) && it.state() == ContainerState.RUNNING));
            assertThat(fleet.containers("node-0")).hasSize(1);
        }
    }

    @Test
    @DisplayName("a job is done when its main container has ended well, and not when what makes it ready has")
    void job() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("sum", "sum:1")
                            .mode(Mode.JOB)
                            .args(List.of("exit 0"))
                            .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                            .build()));
            fleet.runUntil(() ->
                    Objects.requireNonNull(fleet.deployment("sum").deployment().run())
                                    .phase()
                            == JobRun.Phase.COMPLETED);
            assertThat(all(fleet)).noneMatch(it -> it.labels().containsKey(KnitLabels.PART));
        }
    }

    @Test
    @DisplayName("an attempt of a job has failed with what was to make it ready, and that is said")
    void jobThatIsNotMadeReady() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("sum", "sum:1")
                            .job(new JobSpec(1, 1, 1, null))
                            .args(List.of("exit 0"))
                            .initContainer(PartSpec.of("migrate", "tool:1", "exit 3"))
                            .build()));
            fleet.runFor(Duration.ofMinutes(1));
            JobRun run =
                    Objects.requireNonNull(fleet.deployment("sum").deployment().run());
            assertThat(run.phase()).isEqualTo(JobRun.Phase.FAILED);
            assertThat(run.failures()).isEqualTo(2);
            assertThat(run.reason()).contains("init container migrate", "exit code 3");
            assertThat(all(fleet)).as("nothing of it is left running").isEmpty();
        }
    }
}
