package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.PATIENCE;
import static io.knit.testkit.sim.FleetScenarioTest.count;
import static io.knit.testkit.sim.FleetScenarioTest.deploy;
import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents that are away for longer than it takes to judge their nodes down: what runs there is not touched without need. */
class AbsenceTest {
    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    /** At least as long as it takes to be judged down, at most two minutes. */
    private static Duration away(SimulatedFleet fleet) {
        return Duration.ofMillis(20_000 + fleet.random().nextInt(100_000));
    }

    /** By which an agent is not heard: it is dead, its connection is gone, or what it says vanishes. */
    private static void leave(SimulatedFleet fleet, SimulatedHost host, Duration away) {
        switch (fleet.random().nextInt(3)) {
            case 0 -> {
                host.kill();
                fleet.queue().after(away, host::start);
            }
            case 1 -> {
                fleet.bus().cut(host.name());
                fleet.queue().after(away, () -> fleet.bus().heal(host.name()));
            }
            default -> {
                fleet.network().silence(host.name(), true, true);
                fleet.queue().after(away, () -> fleet.network().hear(host.name()));
            }
        }
    }

    /** One on each node, by a host port: what is away fits nowhere else. */
    private static DeploymentSpec oneEach(SimulatedFleet fleet) {
        return DeploymentSpec.builder("app", "app:1")
                .replicas(fleet.hosts().size())
                .port(new PortSpec(null, 7070, 80, Protocol.TCP))
                .build();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("agents are away for long and nothing fits elsewhere: on their return no container is touched")
    void away(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            fleet.queue().runFor(Duration.ofSeconds(4));
            deploy(fleet, oneEach(fleet));
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(PATIENCE);
            fleet.hosts().forEach(host -> {
                if (fleet.random().nextInt(4) > 0) {
                    leave(fleet, host, away(fleet));
                }
            });
            if (fleet.random().nextInt(3) == 0) {
                fleet.queue().after(Duration.ofMillis(fleet.random().nextInt(110_000)), () -> {
                    fleet.server().kill();
                    fleet.queue().after(Duration.ofMillis(fleet.random().nextInt(9_000)), fleet.server()::start);
                });
            }
            fleet.queue().runFor(Duration.ofSeconds(125));
            fleet.settle(PATIENCE);
            assertThat(count(fleet, EngineEvent.Kind.STARTED))
                    .isEqualTo(fleet.hosts().size());
            assertThat(count(fleet, EngineEvent.Kind.ENDED)).isZero();
        });
    }
}
