package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not make the container restarts none, whatever release the agents are of. */
class ScaleScenarioTest {
    private static IntStream seeds() {
        return IntStream.rangeClosed(1, 12);
    }

    private static DeploymentSpecBuilder web(int replicas) {
        return DeploymentSpec.builder("web", "web:1").port(80).replicas(replicas);
    }

    private static void deploy(SimulatedFleet fleet, DeploymentSpec spec) {
        fleet.wishes().asked(spec.name(), Optional.of(spec));
        fleet.await(fleet.orchestrator().deploy(spec));
        fleet.wishes().answered(spec.name(), null, fleet.server().snapshot());
        fleet.settle(FleetScenarioTest.PATIENCE);
    }

    /** Ids and times of creation, which another container would not have. */
    private static Set<String> containers(SimulatedFleet fleet) {
        return fleet.hosts().stream()
                .flatMap(host -> host.engine().containers().stream())
                .filter(it -> it.labels().containsKey("knit.instance"))
                .map(ScaleScenarioTest::identity)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String identity(ContainerSnapshot container) {
        return container.id() + " made at " + container.createdAt();
    }

    private static String region(SimulatedHost host) {
        return Objects.requireNonNull(host.labels().get("region"));
    }

    private static long started(SimulatedFleet fleet) {
        return FleetScenarioTest.count(fleet, EngineEvent.Kind.STARTED);
    }

    private static Set<Integer> revisions(SimulatedFleet fleet) {
        return fleet.deployment("web").instances().stream()
                .map(Instance::revision)
                .collect(Collectors.toSet());
    }

    private static void begin(SimulatedFleet fleet) {
        fleet.start(() -> {});
        fleet.queue().runFor(Duration.ofSeconds(8));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("from 1 to 12 starts 11, from 12 to 1 stops 11: the one that was there runs on")
    void scaled(int seed) throws IOException {
        FleetScenarioTest.play(seed, fleet -> {
            begin(fleet);
            deploy(fleet, web(1).build());
            Set<String> one = containers(fleet);
            assertThat(one).hasSize(1);

            deploy(fleet, web(12).build());
            assertThat(containers(fleet)).hasSize(12).containsAll(one);
            assertThat(started(fleet)).isEqualTo(12);
            assertThat(revisions(fleet)).containsExactly(2);

            deploy(fleet, web(1).build());
            assertThat(containers(fleet)).isEqualTo(one);
            assertThat(started(fleet)).isEqualTo(12);
            assertThat(revisions(fleet)).containsExactly(3);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("another password or moment of pulling restarts nothing, also not when the agents start again")
    void fetched(int seed) throws IOException {
        FleetScenarioTest.play(seed, fleet -> {
            begin(fleet);
            deploy(fleet, web(4).build());
            Set<String> four = containers(fleet);

            deploy(
                    fleet,
                    web(4).pull(PullPolicy.NEVER).registryAuth("me", "a word").build());
            fleet.hosts().forEach(SimulatedHost::kill);
            fleet.hosts().forEach(SimulatedHost::start);
            fleet.queue().runFor(Duration.ofSeconds(10));
            fleet.settle(FleetScenarioTest.PATIENCE);

            assertThat(containers(fleet)).isEqualTo(four);
            assertThat(started(fleet)).isEqualTo(4);
            assertThat(revisions(fleet)).containsExactly(2);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("another selector moves what is on a node that does not fit, and nothing else")
    void selected(int seed) throws IOException {
        FleetScenarioTest.play(seed, fleet -> {
            begin(fleet);
            deploy(fleet, web(8).build());
            String region = region(fleet.hosts().get(0));
            Set<String> fitting = fleet.hosts().stream()
                    .filter(host -> region.equals(region(host)))
                    .flatMap(host -> host.engine().containers().stream())
                    .filter(it -> it.labels().containsKey("knit.instance"))
                    .map(ScaleScenarioTest::identity)
                    .collect(Collectors.toSet());

            deploy(fleet, web(8).nodeSelector("region", region).build());

            assertThat(containers(fleet)).hasSize(8).containsAll(fitting);
            assertThat(started(fleet)).isEqualTo(16 - fitting.size());
            assertThat(revisions(fleet)).containsExactly(2);
        });
    }
}
