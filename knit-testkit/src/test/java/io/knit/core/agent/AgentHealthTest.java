package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.InstanceState;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentHealthTest {
    private static final HealthSpec TCP = HealthSpec.of(new TcpCheck(80));

    private final AgentRig rig = new AgentRig(1);

    private void run(HealthSpec health) {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.health(health)));
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private void untilHealth(Health health) {
        rig.until(() -> rig.server.newest("a") != null && newest().health() == health);
    }

    private Instant now() {
        return rig.queue.now();
    }

    @Test
    @DisplayName("who is up is healthy at once, and was starting in every word before")
    void healthy() {
        run(TCP);
        rig.untilState("a", InstanceState.RUNNING);
        Instant ran = now();
        untilHealth(Health.HEALTHY);

        assertThat(Duration.between(ran, now())).isLessThan(Duration.ofMillis(200));
        assertThat(rig.server.reported("a"))
                .filteredOn(status -> status.state() == InstanceState.RUNNING)
                .extracting(InstanceStatus::health)
                .containsExactly(Health.STARTING, Health.HEALTHY);
        rig.settle();
        assertThat(newest().restarts()).isZero();
    }

    @Test
    @DisplayName("who takes a while to come up is asked often, and is healthy soon after it is")
    void slowToStart() {
        Instant begun = now();
        Instant up = begun.plusSeconds(3);
        rig.engine.script().checks(labels -> now().isBefore(up) ? FakeCheck.FAILS : FakeCheck.PASSES);
        run(TCP);
        untilHealth(Health.HEALTHY);

        // twice the distance each time: it waits at most as long again as it took
        assertThat(now()).isBetween(up, up.plusSeconds(3));
        assertThat(newest().restarts()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeCheck.class,
            names = {"FAILS", "HANGS"})
    @DisplayName("who fails three times in a row is stopped and started again in place, counted and said")
    void unhealthy(FakeCheck how) {
        run(TCP);
        untilHealth(Health.HEALTHY);
        String container = rig.onlyContainer();
        Instant failsFrom = now();
        rig.engine.script().checks(labels -> how);
        untilHealth(Health.UNHEALTHY);

        String why =
                how == FakeCheck.HANGS ? "port 80 did not answer within 2s" : "the test's container fails its check";
        assertThat(newest().reason())
                .isEqualTo("health check: " + why + " (3 times in a row); starts again in 1 s (restart 1)");
        assertThat(newest().failing()).isTrue();
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(Duration.between(failsFrom, now())).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(40));

        rig.engine.script().checks(labels -> FakeCheck.PASSES);
        untilHealth(Health.HEALTHY);
        assertThat(newest().restarts()).isEqualTo(1);
        assertThat(newest().failing()).isFalse();
        assertThat(newest().reason()).isEqualTo("started again after health check: " + why + " (3 times in a row)");
        assertThat(rig.onlyContainer()).isEqualTo(container);
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(2);
    }

    @Test
    @DisplayName("who never comes up is started again after its grace, again and again, at growing distances")
    void neverHealthy() {
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        run(TCP.timed(Duration.ofSeconds(1), Duration.ofSeconds(1), 2, Duration.ofSeconds(5)));
        rig.untilState("a", InstanceState.RUNNING);
        Instant started = now();
        untilHealth(Health.UNHEALTHY);
        assertThat(Duration.between(started, now())).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(8));
        rig.untilReason("a", "starts again in 8 s (restart 4)");
    }

    @Test
    @DisplayName("a mended check is tried at once, not when the wait for the broken one is over")
    void mended() {
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        HealthSpec quick = TCP.timed(Duration.ofSeconds(1), Duration.ofSeconds(1), 2, Duration.ofSeconds(5));
        run(quick);
        rig.untilReason("a", "starts again in 8 s (restart 4)");
        Instant mended = now();
        rig.engine.script().checks(labels -> FakeCheck.PASSES);
        rig.server.run(
                "a",
                spec(it -> it.health(
                        quick.timed(Duration.ofSeconds(2), Duration.ofSeconds(1), 2, Duration.ofSeconds(5)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        untilHealth(Health.HEALTHY);
        assertThat(newest().restarts()).isEqualTo(4);
        assertThat(Duration.between(mended, now())).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "what failed its check for the last time has failed when its container has ended, also of an agent started anew")
    void endsBeforeItHasFailed(boolean anew) {
        rig.engine
                .script()
                .faults(call -> call == EngineCall.STOP
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(40))
                        : EngineFault.NONE);
        rig.joinedAgent();
        rig.server.run(
                "a",
                spec(it -> it.health(TCP)
                        .restart(new RestartSpec(
                                RestartSpec.Condition.NEVER, Duration.ofSeconds(1), 0, Duration.ofMinutes(10)))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        untilHealth(Health.HEALTHY);
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        untilHealth(Health.UNHEALTHY);
        Instant sick = now();
        String words = "health check: the test's container fails its check (3 times in a row);"
                + " restart.condition is never, so it is not started again";
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().failing()).isTrue();
        assertThat(newest().reason()).isEqualTo(words + "; what is left of it is being ended");

        if (anew) {
            rig.queue.runFor(Duration.ofSeconds(1));
            rig.killAgent();
            rig.joinedAgent();
            rig.queue.runFor(Duration.ofSeconds(20));
            assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
            assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        }
        rig.untilState("a", InstanceState.FAILED);
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        assertThat(Duration.between(sick, now())).isBetween(Duration.ofSeconds(39), Duration.ofSeconds(65));
        assertThat(newest().reason()).isEqualTo(words);
        rig.settle();
        assertThat(newest().state()).isEqualTo(InstanceState.FAILED);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
    }

    @Test
    @DisplayName("a container whose check failed is ended even while the engine's list lags behind, and started once")
    void laggingList() {
        rig.engine.script().listLags(() -> Duration.ofSeconds(2));
        run(TCP);
        untilHealth(Health.HEALTHY);
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        untilHealth(Health.UNHEALTHY);
        rig.engine.script().checks(labels -> FakeCheck.PASSES);
        untilHealth(Health.HEALTHY);
        rig.settle();
        assertThat(newest().restarts()).isEqualTo(1);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(2);
    }

    @Test
    @DisplayName("a command in the container is a check, too")
    void exec() {
        run(HealthSpec.of(List.of("check", "it")));
        untilHealth(Health.HEALTHY);
        assertThat(rig.engine.history().events())
                .filteredOn(event -> event.kind() == EngineEvent.Kind.EXECUTED)
                .extracting(EngineEvent::detail)
                .containsOnly("check it");
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.untilReason("a", "health check: check it ended with exit code 1 (3 times in a row)");
    }

    @Test
    @DisplayName("the check of an image is shown and obeyed where the spec has none")
    void images() {
        run(HealthSpec.IMAGE);
        rig.untilState("a", InstanceState.RUNNING);
        String container = rig.onlyContainer();
        assertThat(newest().health()).isEqualTo(Health.NONE);
        for (Health health : List.of(Health.STARTING, Health.HEALTHY)) {
            rig.engine.health(container, new ContainerHealth(health, ""));
            untilHealth(health);
        }
        rig.engine.health(container, new ContainerHealth(Health.UNHEALTHY, "no route"));
        rig.untilReason("a", "health check of its image: no route; starts again in 1 s (restart 1)");
        rig.engine.health(container, new ContainerHealth(Health.STARTING, ""));
        rig.until(() -> newest().restarts() == 1);
        assertThat(rig.onlyContainer()).isEqualTo(container);
    }

    @Test
    @DisplayName("a spec may have nothing checked, and its own check instead of the image's")
    void notTheImages() {
        run(HealthSpec.DISABLED);
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.health(rig.onlyContainer(), new ContainerHealth(Health.UNHEALTHY, "no route"));
        rig.settle();
        assertThat(newest().health()).isEqualTo(Health.NONE);
        assertThat(newest().restarts()).isZero();

        rig.server.run("a", spec(it -> it.health(TCP)));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        untilHealth(Health.HEALTHY);
        rig.settle();
        assertThat(newest().restarts()).isZero();
    }

    @Test
    @DisplayName("an agent that is started again checks what runs, and starts nothing anew")
    void agentRestart() {
        run(TCP);
        untilHealth(Health.HEALTHY);
        rig.killAgent();
        rig.joinedAgent();
        untilHealth(Health.HEALTHY);
        rig.settle();
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        untilHealth(Health.UNHEALTHY);
    }

    @Test
    @DisplayName(
            "what was well when its agent ended is well when that is started again, and is not forgiven for another grace")
    void wellOverAgentRestart() {
        run(TCP.timed(Duration.ofSeconds(2), Duration.ofSeconds(1), 3, Duration.ofMinutes(10)));
        untilHealth(Health.HEALTHY);
        // its disk takes a moment
        rig.queue.runFor(Duration.ofMillis(100));
        for (int restart = 0; restart < 2; restart++) {
            int before = rig.server.reported("a").size();
            rig.killAgent();
            // the second is killed before its own first check came back
            rig.joinedAgent();
            rig.until(() -> rig.server.reported("a").size() > before);
            assertThat(rig.server
                            .reported("a")
                            .subList(before, rig.server.reported("a").size()))
                    .extracting(InstanceStatus::health)
                    .containsOnly(Health.HEALTHY);
        }

        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        Instant broke = now();
        untilHealth(Health.UNHEALTHY);
        assertThat(Duration.between(broke, now())).isLessThan(Duration.ofSeconds(20));
        assertThat(rig.server.reported("a"))
                .extracting(InstanceStatus::health)
                .containsSubsequence(Health.STARTING, Health.HEALTHY, Health.UNHEALTHY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "what ended while its agent was away is starting when it is started again, and so is another container")
    void endedWhileAway(boolean another) {
        run(TCP);
        untilHealth(Health.HEALTHY);
        rig.settle();
        rig.killAgent();
        String container = rig.onlyContainer();
        if (another) {
            ContainerSpec same = rig.engine.spec(container);
            rig.removeByHand(container);
            rig.runByHand(same);
        } else {
            rig.engine.end(container, 1);
        }
        rig.engine.script().checks(labels -> FakeCheck.HANGS);
        int before = rig.server.reported("a").size();
        rig.joinedAgent();
        rig.until(() -> rig.server.reported("a").size() > before
                && newest().state() == InstanceState.RUNNING
                && !newest().failing());
        assertThat(newest().health()).isEqualTo(Health.STARTING);
    }

    @Test
    @DisplayName(
            "what was started again is not stopped for the failure of its former run, though the engine took too long to say that it runs")
    void startedWithoutAnAnswer() {
        run(TCP);
        untilHealth(Health.HEALTHY);
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START
                        ? new EngineFault(EngineFault.Kind.HANG_LATE, Duration.ZERO)
                        : EngineFault.NONE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.engine.script().checks(labels -> FakeCheck.PASSES);
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.engine.script().faults(call -> EngineFault.NONE);
        untilHealth(Health.HEALTHY);
        rig.settle();

        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(2);
        assertThat(newest().health()).isEqualTo(Health.HEALTHY);
        assertThat(newest().failing()).isFalse();
    }

    @Test
    @DisplayName("fifty checks are spread, and of those that hang only so many are under way")
    void many() {
        rig.joinedAgent();
        for (int i = 0; i < 50; i++) {
            rig.server.run("a" + i, spec(it -> it.health(HealthSpec.of(List.of("slow")))));
        }
        rig.engine.script().checks(labels -> FakeCheck.HANGS);
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a49", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofMillis(900));
        List<EngineEvent> begun = rig.engine.history().events().stream()
                .filter(event -> event.kind() == EngineEvent.Kind.EXECUTED)
                .toList();
        assertThat(begun).hasSize(16);
        assertThat(begun.stream().map(EngineEvent::at).distinct()).hasSizeGreaterThan(8);
    }

    @Test
    @DisplayName("a container is ended as its spec says: a command first, then the signal, then it is removed")
    void stops() {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.stop(new StopSpec("SIGQUIT", Duration.ofSeconds(30), List.of("drain")))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        // one that was started since has the order to stop alone
        rig.killAgent();
        rig.server.stop("a");
        rig.joinedAgent();
        rig.until(() -> rig.engine.containers().isEmpty());
        assertThat(rig.engine.history().events())
                .extracting(event -> event.kind() + " " + event.detail())
                .containsExactly("CREATED ", "STARTED ", "EXECUTED drain", "ENDED exit code 143 SIGQUIT", "REMOVED ");
    }

    @Test
    @DisplayName("a command that hangs before the stop takes the grace and no more")
    void hangingPreStop() {
        rig.joinedAgent();
        rig.engine.script().checks(labels -> FakeCheck.HANGS);
        rig.server.run("a", spec(it -> it.stop(new StopSpec("", Duration.ofSeconds(7), List.of("drain")))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("a", InstanceState.RUNNING);
        Instant asked = now();
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
        rig.until(() -> rig.engine.containers().isEmpty());
        assertThat(Duration.between(asked, now())).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
    }

    @Test
    @DisplayName("a request is a check, and its words name what was asked")
    void http() {
        run(HealthSpec.of(new HttpCheck("/healthz", 8080)));
        untilHealth(Health.HEALTHY);
        rig.engine.script().checks(labels -> FakeCheck.HANGS);
        rig.untilReason("a", "health check: GET :8080/healthz did not answer within 2s");
    }
}
