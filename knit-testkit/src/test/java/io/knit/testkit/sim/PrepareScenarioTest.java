package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.PATIENCE;
import static io.knit.testkit.sim.FleetScenarioTest.count;
import static io.knit.testkit.sim.FleetScenarioTest.deploy;
import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrepareScenarioTest {
    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    private static DeploymentSpec app(String image, int replicas) {
        return DeploymentSpec.builder("app", image).replicas(replicas).build();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "a revision whose image is nowhere to be had touches nothing, whoever is killed and whatever is lost meanwhile")
    void typingError(long seed) throws IOException {
        play(seed, false, fleet -> {
            int replicas = fleet.hosts().size();
            fleet.start(() -> {});
            fleet.queue().runFor(Duration.ofSeconds(4));
            deploy(fleet, app("app:1", replicas));
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(PATIENCE);
            fleet.hosts().forEach(host -> host.engine().setRegistryUp(false));
            fleet.network().weather(0.1, 0.1, 0.1);
            deploy(fleet, app("app:typo", replicas));
            for (int i = 0; i < 4; i++) {
                Duration at = Duration.ofMillis(fleet.random().nextInt(60_000));
                if (fleet.random().nextBoolean()) {
                    fleet.queue().after(at, () -> {
                        fleet.server().kill();
                        fleet.queue().after(Duration.ofMillis(500), fleet.server()::start);
                    });
                } else {
                    SimulatedHost host = fleet.hosts().get(fleet.random().nextInt(replicas));
                    fleet.queue().after(at, () -> {
                        host.kill();
                        fleet.queue().after(Duration.ofMillis(500), host::start);
                    });
                }
            }
            fleet.queue().runFor(Duration.ofSeconds(90));
            assertThat(count(fleet, EngineEvent.Kind.ENDED)).isZero();
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(replicas);

            fleet.network().calm();
            fleet.hosts().forEach(host -> host.engine().setRegistryUp(true));
            fleet.queue().runFor(Duration.ofSeconds(70));
            fleet.settle(PATIENCE);
        });
    }
}
