package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.InstanceState;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The same promises with many nodes: hosts and the server die while much comes and changes, and messages are lost. {@code -Dknit.fleet.nodes=N} plays with
 * so many nodes and ten times as many instances; scripts/nightly with 1,000.
 */
class LargeFleetTest {
    private static final int NODES = Integer.getInteger("knit.fleet.nodes", 50);
    private static final long SEED = Long.getLong("knit.fleet.seed", 1);
    private static final int DEPLOYMENTS = Math.max(5, NODES / 10);
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private static FileSystem disks() {
        return Jimfs.newFileSystem(
                Configuration.unix().toBuilder().setAttributeViews("posix").build());
    }

    private static DeploymentSpecBuilder app(int number, String image) {
        DeploymentSpecBuilder app = DeploymentSpec.builder("app-" + number, image)
                .replicas(NODES * 10 / DEPLOYMENTS)
                .spreadBy("region");
        return number % 2 == 0 ? app : app.nodeSelector("role", "api");
    }

    private static void ask(SimulatedFleet fleet, DeploymentSpec spec) {
        fleet.wishes().asked(spec.name(), Optional.of(spec));
        fleet.server()
                .command(
                        running -> running.deploy(spec),
                        (view, failure) -> fleet.wishes()
                                .answered(spec.name(), failure, fleet.server().snapshot()));
    }

    private static Stream<SimulatedHost> everyTwentieth(SimulatedFleet fleet) {
        List<SimulatedHost> hosts = fleet.hosts();
        return Stream.iterate(0, i -> i < hosts.size(), i -> i + 20).map(hosts::get);
    }

    private static long running(SimulatedFleet fleet) {
        return fleet.orchestrator().snapshot().deployments().stream()
                .flatMap(it -> it.instances().stream())
                .filter(it -> it.state() == InstanceState.RUNNING)
                .count();
    }

    @Test
    @DisplayName("hosts and the server die among very many, and all comes to run")
    void manyNodes() throws IOException {
        try (FileSystem disks = disks()) {
            SimulatedFleet fleet = new SimulatedFleet(SEED, disks, AgentTiming.DEFAULT, false, NODES);
            try {
                play(fleet);
            } catch (RuntimeException e) {
                throw fleet.failure(e, "");
            }
        }
    }

    private static void play(SimulatedFleet fleet) {
        fleet.network().weather(0.02, 0.02, 0.05);
        fleet.start(() -> {});
        fleet.runFor(Duration.ofSeconds(10));
        for (int i = 0; i < DEPLOYMENTS; i++) {
            ask(fleet, app(i, "app:1").build());
        }
        fleet.runFor(Duration.ofSeconds(4));
        fleet.server().kill();
        fleet.runFor(Duration.ofSeconds(1));
        fleet.server().start();
        everyTwentieth(fleet).forEach(SimulatedHost::kill);
        everyTwentieth(fleet).forEach(host -> host.engine().kill());
        fleet.runFor(Duration.ofSeconds(40));
        ask(fleet, app(0, "app:2").build());
        fleet.runFor(Duration.ofSeconds(10));
        everyTwentieth(fleet).forEach(host -> host.engine().start());
        everyTwentieth(fleet).forEach(SimulatedHost::start);
        fleet.network().calm();
        fleet.settle(PATIENCE);
        assertThat(running(fleet)).isEqualTo(NODES * 10L);
        fleet.stayStill(Duration.ofSeconds(30));
    }
}
