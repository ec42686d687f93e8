package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.StartTimes;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import io.knit.testkit.runtime.FakeEngine;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long each phase of a start took, on virtual time. */
class StartTimesTest {
    private final SmallFleet fleet = new SmallFleet();

    private FakeEngine slow() {
        FakeEngine engine = fleet.agent("n1", "eu");
        engine.script().faults(call -> new EngineFault(EngineFault.Kind.NONE, takes(call)));
        return engine;
    }

    private static Duration takes(EngineCall call) {
        return switch (call) {
            case PULL -> Duration.ofSeconds(9);
            case CREATE -> Duration.ofSeconds(2);
            case START -> Duration.ofSeconds(4);
            case STOP, REMOVE, EXEC, SNAPSHOT -> Duration.ZERO;
        };
    }

    private StartTimes times() {
        StartTimes exact = fleet.instances("web").get(0).observed().start();
        return new StartTimes(
                whole(exact.waited()),
                whole(exact.pulled()),
                whole(exact.created()),
                whole(exact.started()),
                whole(exact.healthy()));
    }

    /** The engine's answers are some milliseconds under way. */
    private static @Nullable Duration whole(@Nullable Duration time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS);
    }

    private static @Nullable Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    @DisplayName(
            "each phase has its own time, known as soon as the next one is told of, and healthy once the check succeeded")
    void eachPhase() {
        AtomicReference<FakeCheck> check = new AtomicReference<>(FakeCheck.FAILS);
        slow().script().checks(labels -> check.get());
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .health(HealthSpec.of(List.of("/check"))
                        .timed(Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofHours(1)))
                .build());
        assertThat(times().waited()).isNotNull();
        assertThat(times().pulled()).as("it is being pulled").isNull();

        fleet.run(5);
        assertThat(times().pulled()).isEqualTo(seconds(9));
        assertThat(times().created()).as("its container is being made").isNull();

        fleet.run(7);
        assertThat(times().created()).isEqualTo(seconds(2));
        assertThat(times().started()).isEqualTo(seconds(4));
        assertThat(times().healthy()).as("its check fails").isNull();

        fleet.run(20);
        check.set(FakeCheck.PASSES);
        fleet.run(12);
        assertThat(times().healthy()).isGreaterThan(seconds(20)).isLessThan(seconds(36));
        StartTimes then = times();

        fleet.run(60);
        assertThat(times()).as("only the first success counts").isEqualTo(then);
        fleet.restartServer();
        assertThat(times()).as("it is stored").isEqualTo(then);
    }

    @Test
    @DisplayName("a container that is started again has pulled and made nothing; what it waited is since its end")
    void startedAgain() {
        FakeEngine engine = slow();
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.run(60);
        assertThat(times()).isEqualTo(new StartTimes(times().waited(), seconds(9), seconds(2), seconds(4), null));

        engine.containers().forEach(container -> engine.end(container.id(), 3));
        fleet.run(30);
        assertThat(fleet.instances("web").get(0).restarts()).isEqualTo(1);
        assertThat(times()).isEqualTo(new StartTimes(seconds(1), null, null, seconds(4), null));
    }

    @Test
    @DisplayName("tries that failed are part of what it waited")
    void triedAgain() {
        FakeEngine engine = slow();
        engine.script().failNext(EngineCall.CREATE, 1);
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.run(120);
        assertThat(times().waited()).isGreaterThan(seconds(9));
        assertThat(times().pulled()).isEqualTo(seconds(9));
        assertThat(times().started()).isEqualTo(seconds(4));
    }

    @Test
    @DisplayName("an agent that was started anew knows nothing of how what it finds was started; the server does")
    void foundByAnotherRun() {
        slow();
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.run(60);
        StartTimes before = times();
        assertThat(before.pulled()).isNotNull();
        fleet.restartAgent("n1");
        fleet.run(10);
        assertThat(fleet.instances("web").get(0).state()).isEqualTo(InstanceState.RUNNING);
        assertThat(times()).isEqualTo(before);
    }

    @Test
    @DisplayName("an agent that says nothing of it leaves nothing, never zero")
    void olderAgent() {
        ScriptedAgent old = new ScriptedAgent(fleet.bus.connect("n1"), "n1");
        old.cluster = fleet.server.snapshot().cluster();
        old.beat();
        fleet.run(1);
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        Instance placed = fleet.instances("web").get(0);
        old.report(new InstanceStatus(placed.id(), Long.MAX_VALUE, InstanceState.RUNNING, "", 0, false));
        fleet.run(1);
        assertThat(fleet.instances("web").get(0).state()).isEqualTo(InstanceState.RUNNING);
        assertThat(times()).isEqualTo(StartTimes.UNKNOWN);
    }
}
