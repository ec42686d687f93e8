package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs beside an instance's main container. */
class SidecarsTest {
    private final AgentRig rig = new AgentRig(1);

    private static DeploymentSpec with(SidecarSpec... sidecars) {
        return spec(it -> {
            for (SidecarSpec sidecar : sidecars) {
                it.sidecar(sidecar);
            }
            return it;
        });
    }

    private static DeploymentSpec two() {
        return with(SidecarSpec.of("log", "ship:1", "sleep"), SidecarSpec.of("proxy", "envoy:1", "sleep"));
    }

    private void order(DeploymentSpec spec) {
        rig.server.run("a", spec);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private void stop() {
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private static String name(ContainerSnapshot container) {
        return container.labels().getOrDefault(KnitLabels.PART, "main");
    }

    private long started(String part) {
        return rig.engine
                .history()
                .starts(labels -> labels.getOrDefault(KnitLabels.PART, "main").equals(part));
    }

    private ContainerSnapshot container(String part) {
        return rig.engine.containers().stream()
                .filter(it -> name(it).equals(part))
                .findFirst()
                .orElseThrow();
    }

    /** One main container and one of each sidecar, which are in its network, and nothing else. */
    private boolean whole(String... parts) {
        List<ContainerSnapshot> all = rig.engine.containers();
        return all.stream().map(SidecarsTest::name).sorted().toList().equals(List.of(parts))
                && all.stream()
                        .allMatch(it -> it.state() == ContainerState.RUNNING
                                && (name(it).equals("main") || rig.engine.hasJoined(it.id())));
    }

    private boolean whole() {
        return whole("log", "main", "proxy");
    }

    @Test
    @DisplayName("they are started after the main container, in its network, and it is running when all have been")
    void started() {
        rig.joinedAgent();
        AtomicBoolean slow = new AtomicBoolean(true);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START && started("log") == 1 && slow.get()
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(5))
                        : EngineFault.NONE);
        order(two());
        rig.until(() -> started("log") == 1);
        assertThat(started("main")).isEqualTo(1);
        rig.queue.runFor(Duration.ofSeconds(2));
        assertThat(newest().state()).isEqualTo(InstanceState.STARTING);
        slow.set(false);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(whole()).isTrue();
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(1L, 1L, 1L);
        assertThat(newest().reason()).isEmpty();
    }

    @Test
    @DisplayName(
            "one that ends is made anew after a wait, which the reason says with its last line; the main one runs on")
    void ends() {
        rig.joinedAgent();
        order(with(
                SidecarSpec.of("log", "ship:1", "echo no disk; sleep"), SidecarSpec.of("proxy", "envoy:1", "sleep")));
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.end(container("log").id(), 3);
        rig.untilReason("a", "sidecar log ended with exit code 3: no disk; starts again in 1 s (restart 1)");
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().failing()).isFalse();
        rig.until(() -> started("log") == 2);
        rig.untilReason("a", "sidecar log was started again after exit code 3");
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(1L, 2L, 1L);
    }

    @Test
    @DisplayName("one that ends again and again is made anew ever later")
    void backsOff() {
        rig.joinedAgent();
        order(with(SidecarSpec.of("log", "ship:1", "exit 1")));
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(started("log")).isBetween(10L, 20L);
        assertThat(started("main")).isEqualTo(1);
        assertThat(newest().reason()).contains("sidecar log ended with exit code 1; starts again in");
    }

    @Test
    @DisplayName("one that ends again and again does not hide that the main one fails its check")
    void unhealthyBesides() {
        rig.joinedAgent();
        HealthSpec check = new HealthSpec(
                null,
                new TcpCheck(80),
                List.of(),
                false,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                3,
                Duration.ofSeconds(10));
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "exit 1")).health(check)));
        rig.until(() -> rig.server.newest("a") != null && newest().health() == Health.HEALTHY);
        // by now it is made anew once a minute
        rig.queue.runFor(Duration.ofMinutes(10));
        rig.engine.script().checks(labels -> FakeCheck.FAILS);
        rig.queue.runFor(Duration.ofMinutes(3));
        assertThat(newest().restarts()).isPositive();
        assertThat(started("main")).isGreaterThan(1);
    }

    @Test
    @DisplayName("when the main one ends, it is started again in place, and each sidecar is made anew for its network")
    void mainEnds() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        String main = container("main").id();
        String log = container("log").id();
        rig.engine.end(main, 1);
        rig.until(() -> started("main") == 2 && whole());
        assertThat(container("main").id()).isEqualTo(main);
        assertThat(container("log").id()).isNotEqualTo(log);
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(2L, 2L, 2L);
        assertThat(newest().reason()).isEqualTo("started again after exit code 1");
    }

    @Test
    @DisplayName("an undeploy ends the main one first, then them, and leaves nothing")
    void undeployed() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        stop();
        rig.until(() -> rig.engine.containers().isEmpty());
        List<String> removed = rig.engine.history().events().stream()
                .filter(it -> it.kind() == EngineEvent.Kind.ENDED)
                .map(it -> it.labels().getOrDefault(KnitLabels.PART, "main"))
                .toList();
        assertThat(removed).hasSize(3).first().isEqualTo("main");
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    @DisplayName("killed at each call to the engine, an agent that is started again comes to one of each")
    void killed(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        counting(calls);
        order(two());
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(this::whole);
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(started("main")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
    @DisplayName("killed at each call after the main one's end, an agent comes to one of each, in its new network")
    void killedAtRestart(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(10));
        counting(calls);
        rig.engine.end(container("main").id(), 1);
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.joinedAgent();
        rig.until(() -> started("main") == 2 && whole());
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(started("main")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("killed at each call after a sidecar's end, an agent makes it anew, and touches nothing else")
    void killedAtEnd(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(10));
        counting(calls);
        rig.engine.end(container("log").id(), 1);
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.joinedAgent();
        rig.until(() -> started("log") == 2 && whole());
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(1L, 2L, 1L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    @DisplayName("killed at each call to the engine and undeployed meanwhile, nothing is left")
    void killedAndUndeployed(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        counting(calls);
        order(two());
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.server.stop("a");
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();
    }

    private void counting(AtomicInteger calls) {
        rig.engine.script().faults(call -> {
            calls.incrementAndGet();
            return EngineFault.NONE;
        });
    }

    @Test
    @DisplayName("an agent that is started anew keeps what is there, and what it finds of another main one it removes")
    void adopted() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.killAgent();
        rig.joinedAgent();
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(rig.engine.history().events()).noneMatch(it -> it.kind() == EngineEvent.Kind.REMOVED);
        rig.killAgent();
        rig.engine.prune(container("main").id());
        rig.joinedAgent();
        rig.until(this::whole);
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(2L, 2L, 2L);
    }

    @Test
    @DisplayName("when the engine dies, the main one is started again and they follow it")
    void engineDies() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.kill();
        rig.queue.runFor(Duration.ofSeconds(20));
        rig.engine.start();
        rig.until(() -> started("main") == 2 && whole());
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(started("main")).isEqualTo(2);
    }

    @Test
    @DisplayName("what can't be started is tried again and says so, and the instance is not running meanwhile")
    void refused() {
        rig.joinedAgent();
        AtomicBoolean refuses = new AtomicBoolean(true);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START && started("main") == 1 && refuses.get()
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        order(with(SidecarSpec.of("log", "ship:1", "sleep")));
        rig.untilReason("a", "sidecar log can't be started: the test's engine fails START on purpose; tries again in");
        rig.queue.runFor(Duration.ofSeconds(30));
        assertThat(newest().state()).isEqualTo(InstanceState.STARTING);
        assertThat(started("main")).isEqualTo(1);
        refuses.set(false);
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        assertThat(whole("log", "main")).isTrue();
    }

    @Test
    @DisplayName("an engine that does not answer for one is asked again, and there is one of it")
    void unanswered() {
        rig.joinedAgent();
        AtomicInteger hangs = new AtomicInteger(2);
        rig.engine
                .script()
                .faults(call -> (call == EngineCall.START || call == EngineCall.CREATE)
                                && started("main") == 1
                                && hangs.getAndDecrement() > 0
                        ? new EngineFault(EngineFault.Kind.HANG_LATE, Duration.ZERO)
                        : EngineFault.NONE);
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(this::whole);
        rig.settle();
        assertThat(whole()).isTrue();
        assertThat(started("main")).isEqualTo(1);
    }

    @Test
    @DisplayName("what can't be removed is tried again after a wait")
    void stuck() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        AtomicInteger tries = new AtomicInteger();
        AtomicBoolean stuck = new AtomicBoolean(true);
        rig.engine.script().faults(call -> {
            if (call == EngineCall.REMOVE && stuck.get()) {
                tries.incrementAndGet();
                return new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO);
            }
            return EngineFault.NONE;
        });
        rig.engine.end(container("log").id(), 3);
        rig.queue.runFor(Duration.ofSeconds(30));
        assertThat(tries).hasValueBetween(5, 40);
        assertThat(started("log")).isEqualTo(1);
        stuck.set(false);
        rig.until(this::whole);
        assertThat(List.of(started("main"), started("log"), started("proxy"))).containsExactly(1L, 2L, 1L);
    }

    @Test
    @DisplayName("one has Knit's labels but for the hash, its main one's id, none of the spec's, and joins that one")
    void labels() {
        rig.joinedAgent();
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                .env("SECRET", "x")
                .label("traefik.enable", "true")));
        rig.untilState("a", InstanceState.RUNNING);
        ContainerSpec made = rig.engine.spec(container("log").id());
        assertThat(made.labels())
                .containsEntry(KnitLabels.INSTANCE, "a")
                .containsEntry(KnitLabels.PART, "log")
                .containsEntry(KnitLabels.MAIN, container("main").id())
                .doesNotContainKeys(KnitLabels.SPEC_HASH, "traefik.enable");
        assertThat(made.env()).isEmpty();
        assertThat(made.joins()).isEqualTo(container("main").id());
    }

    @Test
    @DisplayName("they go when the main one has ended and is not started again")
    void over() {
        rig.joinedAgent();
        order(spec(it -> it.args(List.of("exit 0"))
                .sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                .restart(new RestartSpec(
                        RestartSpec.Condition.ON_FAILURE, Duration.ofSeconds(1), 0, Duration.ofMinutes(10)))));
        rig.untilState("a", InstanceState.FAILED);
        rig.until(() -> rig.engine.containers().size() == 1);
        rig.settle();
        assertThat(name(rig.engine.containers().get(0))).isEqualTo("main");
        assertThat(started("main")).isEqualTo(1);
    }

    @Test
    @DisplayName("they are ended when no server is heard for too long, after the main one, and follow it again after")
    void silenced() {
        rig.joinedAgent();
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                .disconnect(new DisconnectSpec(null, Duration.ofMinutes(5), DisconnectSpec.Reconcile.NEWEST_HEALTHY))));
        rig.untilState("a", InstanceState.RUNNING);
        rig.queue.runFor(Duration.ofSeconds(10));
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(6));
        assertThat(rig.engine.containers()).noneMatch(it -> it.state() == ContainerState.RUNNING);
        rig.queue.runFor(Duration.ofHours(1));
        assertThat(started("log") + started("main")).isEqualTo(2);
        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> started("main") == 2 && whole("log", "main"));
    }

    @Test
    @DisplayName("what waits for them when no server is heard for too long has not failed for that")
    void silencedBeforeWhole() {
        rig.joinedAgent();
        AtomicBoolean refuses = new AtomicBoolean(true);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START && started("main") > 0 && refuses.get()
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                .disconnect(new DisconnectSpec(null, Duration.ofMinutes(5), DisconnectSpec.Reconcile.NEWEST_HEALTHY))));
        rig.untilReason("a", "sidecar log can't be started");
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(6));
        assertThat(rig.engine.containers()).noneMatch(it -> it.state() == ContainerState.RUNNING);
        refuses.set(false);
        rig.bus.heal(AgentRig.NODE);
        rig.untilReason("a", "stopped by its agent: no server was heard");
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(rig.server.reported("a")).noneMatch(InstanceStatus::failing);
    }

    @Test
    @DisplayName("their images are fetched before the main one is made; one that can't be had says whose it is")
    void images() {
        rig.joinedAgent();
        rig.engine.withImage("nginx:1").setRegistryUp(false);
        order(two());
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(newest().reason())
                .startsWith("of an init container or sidecar: ")
                .contains("ship:1");
        assertThat(rig.engine.history().events()).isEmpty();
    }

    @Test
    @DisplayName("an image that somebody removed before one is made anew is fetched again")
    void imageGone() {
        rig.joinedAgent();
        order(two());
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.prune(container("log").id());
        rig.until(() -> started("log") == 2);
        rig.untilReason("a", "sidecar log was started again after its removal");
        assertThat(started("main")).isEqualTo(1);
    }
}
