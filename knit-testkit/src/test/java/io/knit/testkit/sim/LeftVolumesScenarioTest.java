package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.PATIENCE;
import static io.knit.testkit.sim.FleetScenarioTest.deploy;
import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
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

class LeftVolumesScenarioTest {
    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 10);
    }

    private static DeploymentSpec spec(String name, int replicas) {
        return DeploymentSpec.builder(name, "app:1")
                .replicas(replicas)
                .volume(VolumeSpec.named("data", "/data"))
                .build();
    }

    private static void undeploy(SimulatedFleet fleet, String name) {
        fleet.wishes().asked(name, Optional.empty());
        fleet.server()
                .command(
                        server -> server.undeploy(name),
                        (view, failure) -> fleet.wishes()
                                .answered(name, failure, fleet.server().snapshot()));
    }

    private static List<String> volumes(SimulatedHost host, String deployment) {
        return host.engine().volumes().stream()
                .filter(it -> deployment.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .map(it -> it.labels().get(KnitLabels.VOLUME))
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> volumes(SimulatedFleet fleet, String deployment) {
        return fleet.hosts().stream()
                .flatMap(host -> volumes(host, deployment).stream())
                .distinct()
                .sorted()
                .toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "what only an image asked for goes with its deployment on every node, whoever is killed and whatever is lost; what is named, and all of another's, stays")
    void goes(long seed) throws IOException {
        play(seed, false, fleet -> {
            int replicas = fleet.hosts().size();
            fleet.hosts().forEach(host -> host.engine().withVolumes("app:1", "/var/lib/app"));
            fleet.start(() -> {});
            fleet.queue().runFor(Duration.ofSeconds(4));
            deploy(fleet, spec("web", replicas));
            deploy(fleet, spec("stays", replicas));
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(PATIENCE);
            assertThat(volumes(fleet, "web")).containsExactly("/var/lib/app", "data");

            undeploy(fleet, "web");
            fleet.queue().runFor(Duration.ofMillis(300));
            assertThat(fleet.wishes().isOpen("web")).isFalse();
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

            // longer than agents take to look again by themselves
            fleet.queue().runFor(Duration.ofMinutes(11));
            assertThat(volumes(fleet, "web")).containsExactly("data");
            assertThat(volumes(fleet, "stays")).containsExactly("/var/lib/app", "data");
        });
    }
}
