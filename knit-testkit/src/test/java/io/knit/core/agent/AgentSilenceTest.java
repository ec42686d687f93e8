package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An agent that hears no server. */
class AgentSilenceTest {
    private static final Duration FIVE = Duration.ofMinutes(5);
    private final AgentRig rig = new AgentRig(1);

    private void runs(@Nullable Duration stopAfter) {
        runs(stopAfter, it -> it);
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(10));
    }

    private void runs(@Nullable Duration stopAfter, UnaryOperator<DeploymentSpecBuilder> change) {
        DisconnectSpec alone = new DisconnectSpec(null, stopAfter, DisconnectSpec.Reconcile.NEWEST_HEALTHY);
        rig.joinedAgent();
        rig.server.run("a", spec(it -> change.apply(it.disconnect(alone))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private static UnaryOperator<DeploymentSpecBuilder> onlyOnce() {
        RestartSpec usual = RestartSpec.DEFAULT;
        return it -> it.restart(
                new RestartSpec(RestartSpec.Condition.NEVER, usual.delay(), usual.attempts(), usual.window()));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private long starts() {
        return rig.engine.history().starts(labels -> true);
    }

    @Test
    @DisplayName("keeps everything running for ever, unless told otherwise")
    void never() {
        runs(null);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofDays(2));
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    @DisplayName("stops what says so after so long, not before, by no clock that is set, and says why when it is heard")
    void stops() {
        runs(FIVE);
        rig.bus.cut(AgentRig.NODE);
        rig.setClock(Duration.ofHours(3));
        rig.queue.runFor(FIVE.minusSeconds(4));
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(6));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        rig.queue.runFor(Duration.ofHours(1));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);

        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.untilReason("a", "started again after its agent had stopped it, as no server was heard");
        assertThat(newest().failing()).isFalse();
        assertThat(newest().restarts()).isEqualTo(1);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("a server is heard by the first answer, too: who waited for one waits no shorter for the next")
    void firstAnswer() {
        rig.server.silent = true;
        rig.startAgent().start();
        rig.queue.runFor(FIVE.minusMinutes(1));
        DisconnectSpec alone = new DisconnectSpec(null, FIVE, DisconnectSpec.Reconcile.NEWEST_HEALTHY);
        rig.server.run("a", spec(it -> it.disconnect(alone)));
        AtomicInteger answers = new AtomicInteger();
        rig.server.answers = (bytes, answer) -> {
            if (bytes > 0 || answers.getAndIncrement() == 0) {
                answer.run();
            }
        };
        rig.server.silent = false;
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(FIVE.minusMinutes(1));
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
    }

    @Test
    @DisplayName("what is to stop has stopped when its grace is over, however many others run their commands before it")
    void inTime() {
        DisconnectSpec alone = new DisconnectSpec(null, FIVE, DisconnectSpec.Reconcile.NEWEST_HEALTHY);
        rig.joinedAgent();
        for (int i = 0; i < 40; i++) {
            rig.server.run(
                    "a" + i,
                    spec(it -> it.disconnect(alone)
                            .stop(new StopSpec("", Duration.ofMinutes(10), List.of("/bin/drain")))));
        }
        rig.server.run(
                "z",
                spec(it -> it.disconnect(alone).stop(new StopSpec("", Duration.ofSeconds(10), List.of("/bin/drain")))));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("z", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofMinutes(1));
        rig.engine.script().checks(labels -> FakeCheck.HANGS);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(FIVE.plusSeconds(15));
        assertThat(rig.engine.containers())
                .filteredOn(it -> it.state() == ContainerState.EXITED)
                .extracting(it -> it.labels().get(KnitLabels.INSTANCE))
                .containsExactly("z");
    }

    @Test
    @DisplayName("what is still being made ready as no server is heard is not told as failing, which would be counted")
    void yetToRun() {
        rig.engine
                .script()
                .faults(call -> call == EngineCall.PULL
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofHours(1))
                        : EngineFault.NONE);
        runs(FIVE, onlyOnce());
        rig.untilState("a", InstanceState.PREPARING);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(FIVE.plusSeconds(10));
        rig.bus.heal(AgentRig.NODE);
        rig.untilReason("a", "stopped by its agent: no server was heard");
        rig.engine.script().faults(call -> EngineFault.NONE);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(rig.server.reported("a")).noneMatch(InstanceStatus::failing);
    }

    @Test
    @DisplayName("an agent that is started anew leaves stopped what it had stopped, and waits anew for what runs")
    void survives() {
        runs(FIVE);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(FIVE.minusSeconds(30));
        rig.killAgent();
        rig.startAgent().start();
        rig.queue.runFor(FIVE.minusSeconds(10));
        assertThat(rig.states()).as("the wait begins with the agent").containsExactly(ContainerState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(20));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        for (int i = 0; i < 3; i++) {
            rig.killAgent();
            rig.startAgent().start();
            rig.queue.runFor(Duration.ofMinutes(1));
            assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        }
        assertThat(starts()).isEqualTo(1);
        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
    }

    @Test
    @DisplayName("an agent that is killed at the very moment at which it stops something has kept that it did")
    void keptFirst() {
        runs(FIVE);
        rig.bus.cut(AgentRig.NODE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.killAgent();
        rig.startAgent().start();
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "what it stopped is started again also where the server is heard before the engine, and whatever its spec says of ends")
    void heardBeforeTheEngine() {
        runs(FIVE, onlyOnce());
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.bus.cut(AgentRig.NODE);
        // a server may be heard a moment after the container was started
        rig.queue.runFor(FIVE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.killAgent();
        rig.engine.script().slow(Duration.ofSeconds(3));
        rig.bus.heal(AgentRig.NODE);
        rig.joinedAgent();
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.untilReason("a", "started again after its agent had stopped it, as no server was heard");
    }

    @Test
    @DisplayName("an agent that is killed before it has started again what it stopped does that later")
    void killedBeforeTheStart() {
        runs(FIVE, onlyOnce());
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.bus.cut(AgentRig.NODE);
        // a server may be heard a moment after the container was started
        rig.queue.runFor(FIVE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START
                        ? new EngineFault(EngineFault.Kind.HANG, Duration.ZERO)
                        : EngineFault.NONE);
        rig.bus.heal(AgentRig.NODE);
        rig.queue.runFor(Duration.ofSeconds(20));
        rig.killAgent();
        rig.engine.script().faults(call -> EngineFault.NONE);
        rig.joinedAgent();
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("what has ended for good is not stopped, and not started again")
    void over() {
        runs(FIVE, it -> onlyOnce().apply(it).args(List.of("exit 0")));
        rig.untilState("a", InstanceState.FAILED);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(FIVE.plusSeconds(10));
        rig.killAgent();
        rig.startAgent().start();
        rig.queue.runFor(FIVE.plusSeconds(10));
        rig.bus.heal(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(2));
        assertThat(starts()).isEqualTo(1);
        assertThat(newest().state()).isEqualTo(InstanceState.FAILED);
        assertThat(newest().reason())
                .isEqualTo("ended with exit code 0; restart.condition is never, so it is not started again");
    }

    @Test
    @DisplayName(
            "is started again only once the server said which set is in force: what it stopped wanting meanwhile is not")
    void confirmed() {
        runs(FIVE);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(FIVE.plusSeconds(6));
        assertThat(rig.states()).containsExactly(ContainerState.EXITED);
        rig.server.stop("a");
        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> rig.engine.containers().isEmpty());
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(starts()).isEqualTo(1);
    }
}
