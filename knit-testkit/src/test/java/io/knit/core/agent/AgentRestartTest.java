package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.RestartSpec.Condition;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AgentRestartTest {
    private final AgentRig rig = new AgentRig(1);

    private void run(RestartSpec restart, int code) {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.restart(restart).args(List.of("exit " + code))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private static RestartSpec when(Condition condition) {
        RestartSpec usual = RestartSpec.DEFAULT;
        return new RestartSpec(condition, usual.delay(), usual.attempts(), usual.window());
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private long starts() {
        return rig.engine.history().starts(labels -> true);
    }

    @Test
    @DisplayName("never: it ends once, its container stays, and an agent that is started again leaves it so")
    void never() {
        run(when(Condition.NEVER), 3);
        rig.untilState("a", InstanceState.FAILED);
        for (int i = 0; i < 2; i++) {
            rig.settle();
            assertThat(newest().reason())
                    .isEqualTo("ended with exit code 3; restart.condition is never, so it is not started again");
            assertThat(newest().failing()).isTrue();
            assertThat(starts()).isEqualTo(1);
            assertThat(rig.states()).containsExactly(ContainerState.EXITED);
            rig.killAgent();
            rig.joinedAgent();
        }
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
        rig.until(() -> rig.engine.containers().isEmpty());
    }

    @Test
    @DisplayName("on_failure: what ended with 0 has done its work, what did not is started again")
    void onFailure() {
        run(when(Condition.ON_FAILURE), 0);
        rig.untilState("a", InstanceState.FAILED);
        rig.settle();
        assertThat(newest().reason())
                .isEqualTo("ended with exit code 0; restart.condition is on_failure, so it is not started again");
        assertThat(newest().failing()).isFalse();
        assertThat(starts()).isEqualTo(1);

        rig.server.run("b", spec(it -> it.restart(when(Condition.ON_FAILURE)).args(List.of("exit 1"))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilReason("b", "(restart 3)");
    }

    @Test
    @DisplayName("after so many attempts within the window it has failed; outside of it they are forgotten")
    void attempts() {
        run(new RestartSpec(Condition.ALWAYS, Duration.ofMillis(200), 3, Duration.ofMinutes(1)), 1);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().reason()).isEqualTo("ended with exit code 1; restart.attempts, 3 within 1m, are used up");
        assertThat(newest().restarts()).isEqualTo(3);
        assertThat(starts()).isEqualTo(4);

        rig.engine.lifetimes(() -> Duration.ofSeconds(25));
        rig.server.run(
                "b",
                spec(it -> it.restart(
                                new RestartSpec(Condition.ALWAYS, Duration.ofSeconds(1), 3, Duration.ofMinutes(1)))
                        .args(List.of("exit 1"))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilReason("b", "(restart 5)");
    }

    @Test
    @DisplayName("attempts go on being counted where the agent is started anew")
    void attemptsOutliveTheAgent() {
        rig.engine.lifetimes(() -> Duration.ofSeconds(5));
        run(new RestartSpec(Condition.ALWAYS, Duration.ofMillis(200), 3, Duration.ofMinutes(10)), 1);
        for (int i = 2; i <= 3; i++) {
            int started = i;
            rig.until(() -> starts() == started && rig.states().equals(List.of(ContainerState.RUNNING)));
            rig.queue.runFor(Duration.ofSeconds(1));
            rig.killAgent();
            rig.joinedAgent();
        }
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().reason()).isEqualTo("ended with exit code 1; restart.attempts, 3 within 10m, are used up");
        assertThat(starts()).isEqualTo(4);
    }

    @Test
    @DisplayName("a start that the engine refuses is an attempt; without attempts it is tried for ever")
    void refusedStarts() {
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        run(new RestartSpec(Condition.ALWAYS, Duration.ofSeconds(1), 2, Duration.ofMinutes(10)), 1);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().failing()).isTrue();
        assertThat(newest().reason()).endsWith("restart.attempts, 2 within 10m, are used up");

        rig.server.run("b", spec(it -> it));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilReason("b", "(attempt 6)");

        // and what it waits in between is the spec's
        rig.server.run(
                "c",
                spec(it -> it.restart(
                        new RestartSpec(Condition.ALWAYS, Duration.ofSeconds(20), 0, Duration.ofMinutes(10)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilReason("c", "tries again in 20 s (attempt 2)");
    }

    private String kept() throws IOException {
        return rig.output("a")
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    @Test
    @DisplayName("what it wrote before it ended stays to be read though its next start is refused and it is made anew")
    void outputOfRefused() throws IOException {
        rig.engine.lifetimes(() -> Duration.ofSeconds(5));
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.args(List.of("echo boom; exit 1"))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        String first = rig.onlyContainer();
        rig.engine.script().failNext(EngineCall.START, 1);
        rig.untilReason("a", "tries again in");
        assertThat(rig.engine.containers()).isEmpty();
        assertThat(kept()).contains("boom");
        rig.until(() -> starts() == 2);
        assertThat(rig.onlyContainer()).isNotEqualTo(first);
    }

    @Test
    @DisplayName("so it does where its fixed port is another's by then, and it is rejected")
    void outputOfRejected() throws IOException {
        PortBinding port = new PortBinding("0.0.0.0", 8080, 80, Protocol.TCP, false, false);
        rig.engine.lifetimes(() -> Duration.ofSeconds(5));
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.args(List.of("echo boom; exit 1"))), port);
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.runByHand(new ContainerSpec(
                "other", "nginx:1", List.of(), List.of(), Map.of(), Map.of(), List.of(port), List.of()));
        rig.untilState("a", InstanceState.REJECTED);
        rig.settle();
        assertThat(rig.engine.containers()).extracting(ContainerSnapshot::name).containsExactly("other");
        assertThat(kept()).contains("boom");
    }

    @Test
    @DisplayName("one whose last attempt is a start that was refused stays for its log")
    void lastAttemptRefused() {
        rig.engine.lifetimes(() -> Duration.ofSeconds(5));
        run(new RestartSpec(Condition.ALWAYS, Duration.ofSeconds(1), 1, Duration.ofMinutes(10)), 1);
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.script().failNext(EngineCall.START, 1);
        rig.untilState("a", InstanceState.FAILED);
        rig.settle();
        assertThat(newest().reason()).endsWith("restart.attempts, 1 within 10m, are used up");
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    @DisplayName("the first wait is the spec's, and doubles")
    void delay() {
        run(new RestartSpec(Condition.ALWAYS, Duration.ofMillis(400), 0, Duration.ofMinutes(1)), 1);
        rig.untilReason("a", "starts again in 400 ms (restart 1)");
        Instant first = rig.queue.now();
        rig.until(() -> starts() == 2);
        assertThat(Duration.between(first, rig.queue.now())).isBetween(Duration.ofMillis(390), Duration.ofMillis(600));
        rig.untilReason("a", "starts again in 800 ms (restart 2)");
    }

    /** Its check fails so often that it is to be started again, and the engine does not answer to the stop. */
    private void isSickAndNotStopped(Condition condition) {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.restart(when(condition)).health(HealthSpec.of(new TcpCheck(80)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine
                .script()
                .checks(labels -> FakeCheck.FAILS)
                .faults(call -> call == EngineCall.STOP
                        ? new EngineFault(EngineFault.Kind.HANG, Duration.ZERO)
                        : EngineFault.NONE);
        rig.untilReason("a", "health check: ");
        rig.queue.runFor(Duration.ofMillis(100));
    }

    private void anotherAgent() {
        rig.killAgent();
        rig.engine.script().checks(labels -> FakeCheck.PASSES).faults(call -> EngineFault.NONE);
        rig.joinedAgent();
    }

    @Test
    @DisplayName(
            "what its agent ended, to start it again, has not done its work, though an agent is started anew meanwhile")
    void endedByItsAgent() {
        isSickAndNotStopped(Condition.ON_FAILURE);
        rig.engine.end(rig.onlyContainer(), 0);
        anotherAgent();
        rig.untilReason("a", "started again after health check: ");
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().failing()).isFalse();
        assertThat(starts()).isEqualTo(2);

        // and only that once
        rig.engine.end(rig.onlyContainer(), 0);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().failing()).isFalse();
    }

    @Test
    @DisplayName("an agent that is started anew while what it ended still ends starts it again, too")
    void endsStill() {
        isSickAndNotStopped(Condition.NEVER);
        // not before it has ended
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().reason()).endsWith("; what is left of it is being ended");
        rig.server.run("b", spec(it -> it.restart(when(Condition.ON_FAILURE)).health(HealthSpec.of(new TcpCheck(80)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilReason("b", "starts again in 1 s (restart 1)");
        rig.queue.runFor(Duration.ofMillis(100));
        anotherAgent();
        rig.until(() -> newest().health() == Health.UNHEALTHY);
        rig.queue.runFor(Duration.ofSeconds(3));
        rig.engine.containers().stream()
                .filter(it -> "b".equals(it.labels().get(KnitLabels.INSTANCE)))
                .forEach(it -> rig.engine.end(it.id(), 0));
        rig.untilReason("b", "started again after health check: ");
        assertThat(starts()).isEqualTo(3);
        rig.settle();
        assertThat(newest().state()).isEqualTo(InstanceState.FAILED);
        assertThat(rig.states()).containsExactlyInAnyOrder(ContainerState.EXITED, ContainerState.RUNNING);
    }

    @Test
    @DisplayName("what runs on though its agent was to end it is left running, and what it ends with later counts")
    void runsOn() {
        isSickAndNotStopped(Condition.ON_FAILURE);
        anotherAgent();
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(starts()).isEqualTo(1);
        rig.engine.end(rig.onlyContainer(), 0);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().reason())
                .isEqualTo("ended with exit code 0; restart.condition is on_failure, so it is not started again");
        assertThat(newest().failing()).isFalse();
    }

    @Test
    @DisplayName("an agent that is killed as it has started again what it ended does not end it once more")
    void startedAgain() {
        isSickAndNotStopped(Condition.ALWAYS);
        rig.engine.script().checks(labels -> FakeCheck.PASSES).faults(call -> EngineFault.NONE);
        rig.until(() -> starts() == 2);
        anotherAgent();
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "what has ended for good does not run again though its container was removed and the agent started anew")
    void overWithoutAContainer() {
        run(when(Condition.NEVER), 3);
        rig.untilState("a", InstanceState.FAILED);
        rig.queue.runFor(Duration.ofMillis(100));
        for (int i = 0; i < 2; i++) {
            rig.engine.containers().forEach(it -> rig.removeByHand(it.id()));
            rig.killAgent();
            rig.joinedAgent();
            rig.settle();
            assertThat(starts()).isEqualTo(1);
            assertThat(newest().state()).isEqualTo(InstanceState.FAILED);
            assertThat(newest().reason())
                    .isEqualTo("ended with exit code 3; restart.condition is never, so it is not started again");
            assertThat(newest().failing()).isTrue();
            assertThat(newest().exitCode()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("what a failed one wrote last is told by the agent that is started anew")
    void lastOutput() {
        run(when(Condition.NEVER), 3);
        rig.untilState("a", InstanceState.FAILED);
        rig.queue.runFor(Duration.ofSeconds(5));
        rig.engine.write(rig.onlyContainer(), "no such table");
        rig.killAgent();
        rig.joinedAgent();
        rig.until(() -> "no such table".equals(newest().lastOutput()));
    }

    @Test
    @DisplayName("one whose check failed is ended where it is not started again")
    void unhealthyAndNever() {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.restart(when(Condition.NEVER)).health(HealthSpec.of(new TcpCheck(80)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().reason()).contains("health check: ").contains("restart.condition is never");
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.settle();
        assertThat(starts()).isEqualTo(1);
    }
}
