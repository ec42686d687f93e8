package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.PATIENCE;
import static io.knit.testkit.sim.FleetScenarioTest.deploy;
import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoingVolumesScenarioTest {
    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 10);
    }

    private static DeploymentSpec spec(String name, int replicas) {
        return DeploymentSpec.builder(name, "app:1")
                .replicas(replicas)
                .volume(VolumeSpec.named("data", "/data"))
                .build();
    }

    private static void undeploy(SimulatedFleet fleet, String name, boolean volumes) {
        fleet.wishes().asked(name, Optional.empty());
        fleet.server()
                .command(
                        server -> server.undeploy(name, volumes),
                        (view, failure) -> fleet.wishes()
                                .answered(name, failure, fleet.server().snapshot()));
    }

    private static long volumes(SimulatedFleet fleet, String deployment) {
        return fleet.hosts().stream()
                .flatMap(host -> host.engine().volumes().stream())
                .filter(it -> deployment.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .count();
    }

    private static List<SlotVolume> known(SimulatedFleet fleet, String deployment) {
        return fleet.server().snapshot().orElseThrow().volumes().stream()
                .filter(it -> it.deployment().equals(deployment))
                .toList();
    }

    private static void begin(SimulatedFleet fleet, String... names) {
        fleet.start(() -> {});
        fleet.queue().runFor(Duration.ofSeconds(4));
        for (String name : names) {
            deploy(fleet, spec(name, fleet.hosts().size()));
        }
        fleet.queue().runFor(Duration.ofSeconds(8));
        fleet.settle(PATIENCE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "volumes that are to go with their deployment go from every node, whoever is killed and whatever is lost; those of another stay")
    void go(long seed) throws IOException {
        play(seed, false, fleet -> {
            begin(fleet, "web", "stays");
            int replicas = fleet.hosts().size();
            assertThat(volumes(fleet, "web")).isEqualTo(replicas);
            undeploy(fleet, "web", true);
            undeploy(fleet, "stays", false);
            fleet.queue().runFor(Duration.ofMillis(300));
            fleet.network().weather(0.1, 0.1, 0.1);
            SimulatedHost away = fleet.hosts().get(fleet.random().nextInt(replicas));
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(8_000)));
            away.kill();
            fleet.queue().runFor(Duration.ofSeconds(40));
            fleet.server().kill();
            fleet.queue().runFor(Duration.ofSeconds(2));
            fleet.server().start();
            away.start();
            fleet.network().calm();
            fleet.queue().runFor(Duration.ofSeconds(60));
            fleet.settle(PATIENCE);

            assertThat(volumes(fleet, "web")).isZero();
            assertThat(known(fleet, "web")).isEmpty();
            requireNoneRefused(fleet);
            assertThat(volumes(fleet, "stays")).isEqualTo(replicas);
            assertThat(known(fleet, "stays")).hasSize(replicas);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("what is deployed anew at any moment meanwhile has a volume in each slot, and no mark is left")
    void deployedAnew(long seed) throws IOException {
        play(seed, false, fleet -> {
            begin(fleet, "web");
            fleet.network().weather(0.05, 0.1, 0.1);
            for (int i = 0; i < 5; i++) {
                undeploy(fleet, "web", true);
                fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(15_000)));
                if (!fleet.wishes().isOpen("web")) {
                    deploy(fleet, spec("web", fleet.hosts().size()));
                }
                fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(10_000)));
            }
            fleet.network().calm();
            fleet.queue().runFor(Duration.ofSeconds(10));
            if (!fleet.wishes().isOpen("web")) {
                deploy(fleet, spec("web", fleet.hosts().size()));
            }
            fleet.queue().runFor(Duration.ofSeconds(30));
            fleet.settle(PATIENCE);
            assertThat(known(fleet, "web")).hasSize(fleet.hosts().size()).allMatch(it -> it.removing() == null);
            assertThat(volumes(fleet, "web")).isEqualTo(fleet.hosts().size());
            requireNoneRefused(fleet);
        });
    }

    /** An agent asks its engine for none that something in its set may have: that the engine would refuse it is no reason to. */
    private static void requireNoneRefused(SimulatedFleet fleet) {
        fleet.hosts()
                .forEach(host -> assertThat(host.engine().refusedRemovals())
                        .as("asked of %s too early", host.name())
                        .isEmpty());
    }
}
