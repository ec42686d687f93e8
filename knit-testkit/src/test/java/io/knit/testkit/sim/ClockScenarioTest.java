package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.Update;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clocks are set, and servers are away, in the middle of a rollout. */
class ClockScenarioTest {
    private static final Duration NEVER_HEALTHY = Duration.ofSeconds(60);

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(2)
                // its failures do not count for a long time
                .health(HealthSpec.of(new TcpCheck(80))
                        .timed(Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofHours(3)))
                .update(Update.DEFAULT.withDeadlines(NEVER_HEALTHY, Duration.ofMinutes(2)))
                .build();
    }

    private static Rollout rollout(SimulatedFleet fleet) {
        return fleet.deployment("web").deployment().rollout();
    }

    /** A fleet in which revision 2 is under way for half a minute and never gets healthy. */
    private static void underWay(SimulatedFleet fleet) {
        fleet.deploy(web("web:1"));
        fleet.runFor(Duration.ofSeconds(20));
        fleet.hosts()
                .forEach(host -> host.engine()
                        .script()
                        .checks(labels ->
                                "2".equals(labels.get(KnitLabels.REVISION)) ? FakeCheck.FAILS : FakeCheck.PASSES));
        fleet.await(fleet.orchestrator().deploy(web("web:2")));
        fleet.runFor(Duration.ofSeconds(30));
        assertThat(rollout(fleet).phase()).isEqualTo(Rollout.Phase.MOVING);
    }

    @ParameterizedTest(name = "server {0} min, agents {1} min")
    @CsvSource({"60, 0", "-60, 0", "0, 60", "0, -60", "60, -60"})
    @DisplayName("no clock that is set ends a deadline of a rollout, or puts it off")
    void clocksSet(int server, int agents) {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            underWay(fleet);
            fleet.server().setClock(Duration.ofMinutes(server));
            fleet.hosts().forEach(host -> host.setClock(Duration.ofMinutes(agents)));
            fleet.runFor(Duration.ofSeconds(20));
            assertThat(rollout(fleet).phase()).isEqualTo(Rollout.Phase.MOVING);
            assertThat(fleet.deployment("web").healthy()).isEqualTo(2);
            fleet.runFor(Duration.ofSeconds(15));
            assertThat(fleet.deployment("web").deployment().revision()).isEqualTo(3);
            assertThat(rollout(fleet).reason()).contains("it is not healthy after 1m");
        }
    }

    @ParameterizedTest(name = "away for {0} min, its clock is {1} min off then")
    @CsvSource({"0, 60", "0, -60", "120, 0", "120, -600"})
    @DisplayName(
            "a server that comes back goes on with a rollout where it was, however long it was away and whatever its clock says")
    void serverAway(int away, int ahead) {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            underWay(fleet);
            fleet.server().kill();
            fleet.runFor(Duration.ofMinutes(away));
            fleet.server().setClock(Duration.ofMinutes(ahead));
            fleet.server().start();
            fleet.runUntil(() -> fleet.server().running().isPresent());
            fleet.runFor(Duration.ofSeconds(20));
            assertThat(rollout(fleet).phase()).isEqualTo(Rollout.Phase.MOVING);
            fleet.runFor(NEVER_HEALTHY);
            assertThat(rollout(fleet).reason()).contains("it is not healthy after 1m");
        }
    }

    @ParameterizedTest(name = "stands still for {0} min")
    @CsvSource({"3", "60"})
    @DisplayName("a server that stood still goes on with a rollout where it was")
    void serverStoodStill(int minutes) {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            underWay(fleet);
            fleet.server().pause();
            fleet.runFor(Duration.ofMinutes(minutes));
            fleet.server().resume();
            fleet.runFor(Duration.ofSeconds(20));
            assertThat(rollout(fleet).phase()).isEqualTo(Rollout.Phase.MOVING);
            fleet.runFor(NEVER_HEALTHY);
            assertThat(rollout(fleet).reason()).contains("it is not healthy after 1m");
        }
    }
}
