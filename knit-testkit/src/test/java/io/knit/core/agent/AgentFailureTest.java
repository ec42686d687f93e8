package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentFailureTest {
    private final AgentRig rig = new AgentRig(1);

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    static IntStream moments() {
        return IntStream.range(0, 120);
    }

    @ParameterizedTest
    @MethodSource("moments")
    @DisplayName("killed at any step of a deployment and started again: one container, started once, nothing half done")
    void killedWhileCreating(int steps) {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.server.tell("n1", "knit.tasks.deploy.broadcast");
        for (int step = 0; step < steps; step++) {
            rig.queue.step();
        }
        rig.killAgent();
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(rig.engine.history().count(EngineEvent.Kind.CREATED, labels -> true))
                .isEqualTo(1);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isEqualTo(InstanceState.RUNNING);
        assertThat(rig.renderedFiles()).containsExactly("a", "a/1-a");
    }

    @ParameterizedTest
    @MethodSource("moments")
    @DisplayName("killed at any step of an undeployment and started again: nothing is left and the server is told")
    void killedWhileStopping(int steps) {
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.settle();
        rig.server.stop("a");
        rig.server.tell("n1", "knit.tasks.undeploy.broadcast");
        for (int step = 0; step < steps; step++) {
            rig.queue.step();
        }
        rig.killAgent();
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.states()).isEmpty();
        assertThat(rig.renderedFiles()).isEmpty();
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isEqualTo(InstanceState.STOPPED);
    }

    @Test
    @DisplayName("an engine that is away is the node's condition; back, it is cleared at once and the work goes on")
    void engineAway() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.engine.kill();
        rig.server.run("b", spec());
        rig.until(() -> rig.server.lastHeartbeat().condition().startsWith("the container engine does not answer: "));
        rig.queue.runFor(Duration.ofMinutes(3));
        assertThat(rig.server.lastHeartbeat().condition()).isNotEmpty();
        rig.engine.start();
        Instant back = rig.queue.now();
        rig.until(() -> rig.server.lastHeartbeat().condition().isEmpty());
        assertThat(Duration.between(back, rig.queue.now())).isLessThan(Duration.ofMillis(500));
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING, ContainerState.RUNNING);
        assertThat(rig.engine.history().starts(labels -> "a".equals(labels.get("knit.instance"))))
                .isEqualTo(2);
    }

    @Test
    @DisplayName(
            "an engine that shows its containers but starts none gets one trial at a time, and is the node's condition")
    void engineStuck() {
        rig.joinedAgent();
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START
                        ? new EngineFault(EngineFault.Kind.HANG, Duration.ZERO)
                        : EngineFault.NONE);
        for (int i = 0; i < 6; i++) {
            rig.server.run("i" + i, spec());
        }
        rig.until(() -> rig.server.lastHeartbeat().condition().contains("did not answer START"));
        rig.queue.runFor(Duration.ofMinutes(1));
        int before = rig.server.heartbeats().size();
        rig.queue.runFor(Duration.ofMinutes(5));
        assertThat(rig.server
                        .heartbeats()
                        .subList(before, rig.server.heartbeats().size()))
                .allSatisfy(heartbeat -> assertThat(heartbeat.condition()).isNotEmpty());
        rig.engine.script().faults(call -> EngineFault.NONE);
        rig.until(() -> rig.server.lastHeartbeat().condition().isEmpty());
        rig.settle();
        assertThat(rig.states()).hasSize(6).containsOnly(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("a refused start removes the container, waits and tries again in place, and the status says so")
    void refusedStart() {
        rig.joinedAgent();
        rig.engine.script().failNext(EngineCall.START, 3);
        rig.server.run("a", spec());
        rig.untilReason("a", "tries again in 1 s (attempt 2)");
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isEqualTo(InstanceState.STARTING);
        assertThat(rig.states()).isEmpty();
        rig.untilReason("a", "tries again in 4 s (attempt 4)");
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::reason).isEqualTo("");
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("a snapshot that was taken before an action ended is not held against the instance")
    void oldSnapshots() {
        rig.snapshotAge = Duration.ofMillis(700);
        rig.joinedAgent();
        rig.server.run("a", spec());
        rig.until(() -> rig.engine.containers().size() == 1);
        rig.server.run("b", spec());
        rig.settle();
        for (String instance : List.of("a", "b")) {
            assertThat(rig.server.reported(instance))
                    .allSatisfy(status -> assertThat(status.reason()).isEmpty());
            assertThat(rig.server.newest(instance))
                    .extracting(InstanceStatus::state, InstanceStatus::restarts)
                    .containsExactly(InstanceState.RUNNING, 0);
        }
        assertThat(rig.engine.history().count(EngineEvent.Kind.CREATED, labels -> true))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("a removal that fails is tried again, and the stop is not reported before it is done")
    void refusedRemoval() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.engine.script().failNext(EngineCall.REMOVE, 3);
        rig.server.stop("a");
        rig.untilReason("a", "can't be removed");
        assertThat(rig.states()).hasSize(1);
        rig.untilState("a", InstanceState.STOPPED);
        assertThat(rig.states()).isEmpty();
    }

    @Test
    @DisplayName("lost acknowledgements are made up for by sending again; an acknowledged status is not sent again")
    void acks() {
        rig.server.acksToLose = 5;
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isEqualTo(InstanceState.RUNNING);
        assertThat(rig.server.reported("a")).hasSizeGreaterThan(3);
        int reports = rig.server.reported("a").size();
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(rig.server.reported("a")).hasSize(reports);
    }

    @Test
    @DisplayName("statuses wait for the connection and go out as soon as it is back")
    void reconnect() {
        rig.joinedAgent();
        rig.server.run("a", spec());
        rig.until(() -> !rig.engine.containers().isEmpty());
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isNotEqualTo(InstanceState.RUNNING);
        rig.bus.heal(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMillis(100));
        assertThat(rig.server.newest("a")).extracting(InstanceStatus::state).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName("a server that knows a higher number is told again with a higher one")
    void countsOn() {
        rig.joinedAgent();
        rig.server.acksAhead = 1_000_000_000L;
        rig.server.run("a", spec());
        rig.settle();
        List<InstanceStatus> all = rig.server.reported("a");
        long first = all.get(0).seq();
        assertThat(all.get(all.size() - 1).seq()).isGreaterThan(first + 1_000_000_000L);
        assertThat(all).extracting(InstanceStatus::state).endsWith(InstanceState.RUNNING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("whatever the engine, the network and the kills do: once they stop, what is ordered runs, once each")
    void chaos(int seed) {
        AgentRig each = new AgentRig(seed);
        SplittableRandom random = new SplittableRandom(seed);
        each.engine.script().faults(call -> fault(random));
        each.lossPercent = random.nextInt(40);
        each.startAgent().start();
        for (int round = 0; round < 12; round++) {
            String instance = "i" + random.nextInt(4);
            switch (random.nextInt(6)) {
                case 0, 1 -> each.server.run(instance, spec(it -> it.template("/a", "a")));
                case 2 -> each.server.stop(instance);
                case 3 -> {
                    each.killAgent();
                    each.startAgent().start();
                }
                case 4 -> {
                    each.engine.kill();
                    each.queue.runFor(Duration.ofMillis(random.nextInt(20_000)));
                    each.engine.start();
                }
                default -> each.bus.cut(AgentRig.NODE);
            }
            each.queue.runFor(Duration.ofMillis(random.nextInt(5_000)));
            each.bus.heal(AgentRig.NODE);
            assertThat(each.engine.history().events()).as("bounded work").hasSizeLessThan(2_000);
        }
        each.engine.script().faults(call -> EngineFault.NONE);
        each.lossPercent = 0;
        each.queue.runFor(Duration.ofMinutes(5));
        List<String> wanted = each.server.wanted();
        assertThat(each.engine.containers())
                .as("seed %d", seed)
                .extracting(container -> container.labels().get("knit.instance"))
                .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(each.states()).allSatisfy(state -> assertThat(state).isEqualTo(ContainerState.RUNNING));
        wanted.forEach(instance -> {
            assertThat(each.engine.history().mostAtOnce(labels -> instance.equals(labels.get("knit.instance"))))
                    .isEqualTo(1);
            assertThat(each.server.newest(instance))
                    .extracting(InstanceStatus::state)
                    .isEqualTo(InstanceState.RUNNING);
        });
        assertThat(each.renderedFiles()).hasSize(2 * wanted.size());
    }

    private static EngineFault fault(SplittableRandom random) {
        EngineFault.Kind kind = random.nextInt(5) > 0
                ? EngineFault.Kind.NONE
                : EngineFault.Kind.values()[random.nextInt(EngineFault.Kind.values().length)];
        return new EngineFault(kind, Duration.ofMillis(random.nextInt(300)));
    }

    @Test
    @DisplayName(
            "a server that was started anew counts from below, after its clock was set back, and is followed all the same")
    void lowerNumbersOfAnotherStart() {
        rig.server.session = 7L;
        rig.server.revision = 1L << 41;
        rig.server.run("a", AgentRig.spec());
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.server.session = 5L;
        rig.server.revision = 10;
        rig.server.run("b", AgentRig.spec());
        rig.untilState("b", InstanceState.RUNNING);
        // nor does a number on the disk keep a server's away
        rig.killAgent();
        rig.server.revision = 3;
        rig.server.session = null;
        rig.server.run("c", AgentRig.spec());
        rig.joinedAgent();
        rig.untilState("c", InstanceState.RUNNING);
        assertThat(rig.server.lastHeartbeat().assignmentsRevision()).isLessThan(10);
    }

    @Test
    @DisplayName("pages that take longer than an answer usually may still arrive, each asked for a few times at most")
    void slowLink() {
        rig.joinedAgent();
        rig.settle();
        rig.server.link = page -> rig.queue.after(Duration.ofSeconds(5), page);
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            rig.server.run(name, AgentRig.spec());
        }
        int before = rig.server.pagesServed;
        rig.untilState("f", InstanceState.RUNNING);
        assertThat(rig.server.pagesServed - before).isLessThan(7);
    }

    @Test
    @DisplayName(
            "heartbeats and statuses whose answers take longer than usual are answered still, and not sent again for ever")
    void slowAnswers() {
        rig.server.answers = (bytes, answer) -> rig.queue.after(Duration.ofSeconds(5), answer);
        rig.server.run("a", AgentRig.spec());
        AgentCore agent = rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        int before = rig.server.reports;
        rig.settle();
        assertThat(agent.joined().succeeded()).isTrue();
        assertThat(rig.server.reports).isEqualTo(before).isLessThan(12);
    }

    @Test
    @DisplayName("many long reasons over a link of 50 KB a second come through in reports that are sent once or twice")
    void slowReports() {
        List<Duration> free = new ArrayList<>(List.of(Duration.ZERO));
        rig.server.answers = (bytes, answer) -> {
            // one after another
            Duration now = Duration.between(Instant.EPOCH, rig.queue.now());
            Duration from = free.get(0).compareTo(now) > 0 ? free.get(0) : now;
            free.set(0, from.plusMillis(bytes / 50));
            rig.queue.after(free.get(0).minus(now), answer);
        };
        rig.renderer = (template, model, values) -> {
            throw new KnitException(ErrorCode.TEMPLATE_INVALID, "x".repeat(900));
        };
        rig.server.pageSize = 1_000;
        for (int i = 0; i < 500; i++) {
            rig.server.run("i" + i, AgentRig.spec(it -> it.template("/a", "a")));
        }
        rig.joinedAgent();
        rig.until(() -> rig.server.rejected() == 500);
        rig.settle();
        long sent = rig.server.reported().stream()
                .filter(status -> status.state() == InstanceState.REJECTED)
                .count();
        assertThat(sent).isLessThan(1_000);
    }

    @Test
    @DisplayName("pages that came before the link broke are not asked for again")
    void brokenLink() {
        rig.joinedAgent();
        rig.settle();
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            rig.server.run(name, AgentRig.spec());
        }
        int before = rig.server.pagesServed;
        // of each two pages one is lost
        rig.server.link = page -> {
            if ((rig.server.pagesServed - before) % 2 == 1) {
                page.run();
            }
        };
        rig.untilState("f", InstanceState.RUNNING);
        assertThat(rig.server.pagesServed - before).isEqualTo(5);
    }
}
