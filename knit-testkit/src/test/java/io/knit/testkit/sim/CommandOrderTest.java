package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.core.KnitServer;
import io.knit.testkit.sim.host.SimulatedHost;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands take effect in the order in which one caller gave them, though their specs are admitted side by side. */
class CommandOrderTest {
    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    private static DeploymentSpec web(String version, boolean withTemplate) {
        var spec = DeploymentSpec.builder("web", "app:1").env("VERSION", version);
        return withTemplate ? spec.template("/etc/app", "{{ node.id }}").build() : spec.build();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("deploy(1); deploy(2) ends with 2, also if 1 takes longer to be checked")
    void lastDeployWins(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.server().start();
            fleet.hosts().forEach(SimulatedHost::start);
            fleet.queue().runFor(Duration.ofSeconds(4));
            KnitServer server = fleet.orchestrator();
            server.deploy(web("1", fleet.random().nextBoolean()));
            server.deploy(web("2", fleet.random().nextBoolean()));
            fleet.queue().runFor(Duration.ofSeconds(4));
            assertThat(fleet.deployment("web").deployment().spec().env()).containsEntry("VERSION", "2");
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("deploy; undeploy leaves nothing, and undeploy; deploy leaves it there")
    void undeployAfterDeploy(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.server().start();
            fleet.hosts().forEach(SimulatedHost::start);
            fleet.queue().runFor(Duration.ofSeconds(4));
            KnitServer server = fleet.orchestrator();
            server.deploy(web("1", true));
            Future<DeploymentView> gone = server.undeploy("web");
            server.deploy(web("2", false));
            Future<DeploymentView> goneAgain = server.undeploy("web");
            fleet.queue().runFor(Duration.ofSeconds(30));
            assertThat(gone.succeeded()).isTrue();
            assertThat(goneAgain.succeeded()).isTrue();
            assertThat(server.snapshot().deployment("web")).isEmpty();
            server.undeploy("web");
            server.deploy(web("3", true));
            fleet.queue().runFor(Duration.ofSeconds(4));
            assertThat(fleet.deployment("web").deployment().spec().env()).containsEntry("VERSION", "3");
        });
    }

    @Test
    @DisplayName("who may only read is refused in words, and nothing changes")
    void readers() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            Caller reader = new Caller("mary", Caller.Role.VIEWER, "here");
            Future<DeploymentView> refused = fleet.orchestrator().run(new Command.Undeploy("web"), reader);
            fleet.runUntil(refused::isComplete);
            assertThat(refused.cause()).isInstanceOfSatisfying(KnitException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
                assertThat(e)
                        .hasMessage("mary may not undeploy web: that takes the role deployer, and mary has viewer;"
                                + " use another token, or have an admin make one (knit token create)");
            });
        }
    }
}
