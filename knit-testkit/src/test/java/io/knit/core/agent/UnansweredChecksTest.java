package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of what runs while its engine does not answer the commands that check it. */
class UnansweredChecksTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AgentRig rig = new AgentRig(1);

    @BeforeEach
    void untilHealthy() {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.health(HealthSpec.of(List.of("check", "it")))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.until(() -> rig.server.newest("a") != null && newest().health() == Health.HEALTHY);
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private void during(Duration time, Function<EngineCall, EngineFault> faults) {
        rig.engine.script().faults(faults);
        rig.queue.runFor(time);
        rig.engine.script().faults(call -> EngineFault.NONE);
    }

    private void requireUntouched() {
        rig.settle();
        assertThat(rig.server.reported("a")).extracting(InstanceStatus::health).doesNotContain(Health.UNHEALTHY);
        assertThat(newest().health()).isEqualTo(Health.HEALTHY);
        assertThat(newest().restarts()).isZero();
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
    }

    private void requireStillChecked() {
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.until(() -> newest().health() == Health.UNHEALTHY);
    }

    @Test
    @DisplayName("an engine that answers nothing for a minute says nothing of its containers, which run on")
    void engineHangs() {
        during(MINUTE, call -> new EngineFault(EngineFault.Kind.HANG, Duration.ZERO));
        requireUntouched();
        requireStillChecked();
    }

    @Test
    @DisplayName("an engine that begins no command as it has too much to do says nothing of its containers")
    void engineIsBusy() {
        during(
                MINUTE,
                call -> call == EngineCall.EXEC
                        ? new EngineFault(EngineFault.Kind.BUSY, Duration.ZERO)
                        : EngineFault.NONE);
        requireUntouched();
        requireStillChecked();
    }

    @Test
    @DisplayName("a command that the engine comes to late is not late itself")
    void engineIsSlow() {
        during(
                MINUTE,
                call -> call == EngineCall.EXEC
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(4))
                        : EngineFault.NONE);
        requireUntouched();
        requireStillChecked();
    }

    @Test
    @DisplayName("failures before and after an engine's silence are in a row, and the silence is none of them")
    void inARow() {
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.queue.runFor(Duration.ofSeconds(22));
        during(MINUTE, call -> new EngineFault(EngineFault.Kind.HANG, Duration.ZERO));
        assertThat(newest().health()).isEqualTo(Health.HEALTHY);
        Instant back = rig.queue.now();
        rig.until(() -> newest().health() == Health.UNHEALTHY);
        // one more, which is at most as long in coming as its interval is
        assertThat(Duration.between(back, rig.queue.now())).isLessThan(Duration.ofSeconds(11));
        assertThat(newest().reason()).contains("check it ended with exit code 1 (3 times in a row)");
    }
}
