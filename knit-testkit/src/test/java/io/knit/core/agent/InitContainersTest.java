package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs to its end before an instance's main container is made. */
class InitContainersTest {
    private final AgentRig rig = new AgentRig(1);

    private static DeploymentSpec with(PartSpec... parts) {
        return spec(it -> {
            for (PartSpec part : parts) {
                it.initContainer(part);
            }
            return it;
        });
    }

    private static PartSpec within(Duration timeout, String name, String script) {
        PartSpec part = PartSpec.of(name, "tool:1", script);
        return new PartSpec(
                name,
                part.image(),
                part.entrypoint(),
                part.command(),
                part.args(),
                part.env(),
                part.user(),
                part.workdir(),
                timeout);
    }

    private void order(DeploymentSpec spec) {
        order("a", spec);
    }

    private void order(String instance, DeploymentSpec spec) {
        rig.server.run(instance, spec);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private long started(String part) {
        return rig.engine
                .history()
                .starts(labels -> labels.getOrDefault(KnitLabels.PART, "main").equals(part));
    }

    private ContainerSnapshot part() {
        return rig.engine.containers().stream()
                .filter(it -> it.labels().containsKey(KnitLabels.PART))
                .findFirst()
                .orElseThrow();
    }

    private boolean runsAlone() {
        List<ContainerSnapshot> all = rig.engine.containers();
        return all.size() == 1
                && all.get(0).state() == ContainerState.RUNNING
                && !all.get(0).labels().containsKey(KnitLabels.PART);
    }

    @Test
    @DisplayName("one after the other, each once, then the main container; none of them is left")
    void inOrder() {
        rig.joinedAgent();
        order(with(PartSpec.of("first", "tool:1", "exit 0"), PartSpec.of("second", "tool:2", "exit 0")));
        rig.until(() -> started("first") == 1);
        assertThat(started("second") + started("main")).isZero();
        rig.until(() -> started("second") == 1);
        assertThat(started("main")).isZero();
        rig.until(() -> started("main") == 1);
        // removed before it, not as surplus after it
        assertThat(runsAlone()).isTrue();
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        assertThat(runsAlone()).isTrue();
        assertThat(List.of(started("first"), started("second"), started("main")))
                .containsExactly(1L, 1L, 1L);
    }

    @Test
    @DisplayName(
            "one that fails fails the attempt by its name, exit code and last words; nothing after it runs, and it is tried again")
    void fails() {
        rig.joinedAgent();
        order(with(
                PartSpec.of("migrate", "tool:1", "echo no such table; exit 3"),
                PartSpec.of("second", "tool:1", "exit 0")));
        rig.untilReason("a", "init container migrate ended with exit code 3: no such table");
        rig.settle();
        assertThat(started("migrate")).isGreaterThan(1);
        assertThat(started("second") + started("main")).isZero();
    }

    @Test
    @DisplayName(
            "the command of a file runs after them, as a container like the main one; what it refuses fails the attempt by the file and its last words")
    void validated() {
        rig.joinedAgent();
        TemplateSpec file = new TemplateSpec("/etc/app.conf", "a");
        order(spec(it -> it.initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                .env("LEVEL", "7")
                .process(new ProcessSpec(List.of(), "app", List.of(), "/srv", false, Map.of()))
                .template(file.validatedBy(List.of("app", "--check", "exit 0")))
                .template(new TemplateSpec("/etc/other.conf", "b")
                        .validatedBy(List.of("app", "echo line 3: no such word; exit 3")))));
        rig.until(() -> started("validate.1") == 1);
        assertThat(started("first")).isEqualTo(1);
        ContainerSpec tried = rig.engine.spec(part().id());
        assertThat(tried.image()).isEqualTo("nginx:1");
        assertThat(tried.command()).containsExactly("app");
        assertThat(tried.args()).containsExactly("--check", "exit 0");
        assertThat(tried.env()).containsEntry("LEVEL", "7");
        assertThat(tried.process().user()).isEqualTo("app");
        assertThat(tried.process().workdir()).isEqualTo("/srv");
        assertThat(tried.ports()).isEmpty();
        assertThat(tried.mounts())
                .extracting(FileMount::destination)
                .containsExactly("/etc/app.conf", "/etc/other.conf");
        rig.untilReason("a", "validate of /etc/other.conf ended with exit code 3: line 3: no such word");
        rig.settle();
        assertThat(started("main")).isZero();
        assertThat(started("validate.2")).isGreaterThan(1);
    }

    @Test
    @DisplayName("an undeploy while one runs leaves nothing")
    void undeployed() {
        rig.joinedAgent();
        order(with(PartSpec.of("slow", "tool:1", "sleep 600")));
        rig.until(() -> started("slow") == 1);
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.until(() -> rig.engine.containers().isEmpty());
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();
        assertThat(started("main")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    @DisplayName(
            "killed at each call to the engine, an agent that is started again begins anew, and leaves nothing beside the main one")
    void killed(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        rig.engine.script().faults(call -> {
            boolean counted = call == EngineCall.CREATE
                    || call == EngineCall.START
                    || call == EngineCall.REMOVE
                    || call == EngineCall.SNAPSHOT;
            if (counted) {
                calls.incrementAndGet();
            }
            return EngineFault.NONE;
        });
        order(with(PartSpec.of("first", "tool:1", "exit 0"), PartSpec.of("second", "tool:1", "exit 0")));
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(this::runsAlone);
        rig.settle();
        assertThat(runsAlone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("killed at each call to the engine and undeployed meanwhile, nothing is left")
    void killedAndUndeployed(int crash) {
        AtomicInteger calls = new AtomicInteger();
        rig.joinedAgent();
        rig.engine.script().faults(call -> {
            calls.incrementAndGet();
            return EngineFault.NONE;
        });
        order(with(PartSpec.of("first", "tool:1", "exit 0"), PartSpec.of("second", "tool:1", "sleep 600")));
        rig.until(() -> calls.get() >= crash);
        rig.killAgent();
        rig.server.stop("a");
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();
    }

    @Test
    @DisplayName(
            "one that never ends is stopped after its timeout, which the reason says, and tried again after a wait")
    void late() {
        rig.joinedAgent();
        order(with(within(Duration.ofMinutes(1), "lock", "echo waits for a lock; sleep 600")));
        rig.until(() -> started("lock") == 1);
        rig.untilReason("a", "init container lock runs");
        assertThat(newest().state()).isEqualTo(InstanceState.STARTING);
        Instant begun = rig.queue.now();
        rig.untilReason(
                "a",
                "init container lock did not end within 1m (timeout) and was stopped: waits for a lock; tries again");
        assertThat(Duration.between(begun, rig.queue.now())).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(75));
        assertThat(rig.engine.containers()).isEmpty();
        rig.until(() -> started("lock") == 2);
        assertThat(started("main")).isZero();
    }

    @Test
    @DisplayName("with attempts it fails after the last, with its last lines, and nothing of it is left")
    void givenUp() {
        rig.joinedAgent();
        DeploymentSpec spec =
                spec(it -> it.initContainer(PartSpec.of("migrate", "tool:1", "echo one; echo two; exit 3"))
                        .restart(new RestartSpec(
                                RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), 2, Duration.ofMinutes(10))));
        order(spec);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(newest().reason()).contains("init container migrate ended with exit code 3: two");
        rig.until(() -> Objects.equals(newest().lastOutput(), "one\ntwo"));
        // the first time, and two again
        assertThat(started("migrate")).isEqualTo(3);
        rig.settle();
        assertThat(started("migrate")).isEqualTo(3);
        assertThat(rig.engine.containers()).isEmpty();
    }

    @Test
    @DisplayName("what could not be removed of one that is over goes as soon as it can")
    void goesLater() {
        rig.joinedAgent();
        AtomicBoolean stuck = new AtomicBoolean(true);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.REMOVE && stuck.get() && started("migrate") == 2
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        order(spec(it -> it.initContainer(PartSpec.of("migrate", "tool:1", "exit 3"))
                .restart(new RestartSpec(
                        RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), 1, Duration.ofMinutes(10)))));
        rig.untilState("a", InstanceState.FAILED);
        assertThat(rig.engine.containers()).hasSize(1);
        stuck.set(false);
        rig.until(() -> rig.engine.containers().isEmpty());
        assertThat(newest().state()).isEqualTo(InstanceState.FAILED);
    }

    @Test
    @DisplayName("who waits for one looks at the engine no oftener than for what runs")
    void quiet() {
        rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "sleep 3000")));
        rig.until(() -> started("slow") == 1);
        rig.queue.runFor(Duration.ofSeconds(10));
        AtomicInteger looks = new AtomicInteger();
        rig.engine.script().faults(call -> {
            looks.addAndGet(call == EngineCall.SNAPSHOT ? 1 : 0);
            return EngineFault.NONE;
        });
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(looks).hasValueBetween(18, 30);
    }

    @Test
    @DisplayName("its end is noticed at once, by the engine's hint")
    void noticed() {
        rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "sleep 3000")));
        rig.until(() -> started("slow") == 1);
        rig.queue.runFor(Duration.ofSeconds(100));
        rig.engine.end(part().id(), 0);
        Instant ended = rig.queue.now();
        rig.until(() -> started("main") == 1);
        assertThat(Duration.between(ended, rig.queue.now())).isLessThan(Duration.ofMillis(100));
    }

    @Test
    @DisplayName("an engine that has to prove itself is given others' work while one runs")
    void holdsUpNothing() {
        rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "sleep 3000")));
        rig.until(() -> started("slow") == 1);
        AtomicBoolean hangs = new AtomicBoolean(true);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START && hangs.get()
                        ? new EngineFault(EngineFault.Kind.HANG, Duration.ZERO)
                        : EngineFault.NONE);
        order("b", spec());
        rig.until(() -> rig.server.lastHeartbeat().condition().contains("did not answer START"));
        hangs.set(false);
        Instant back = rig.queue.now();
        order("c", spec());
        rig.untilState("b", InstanceState.RUNNING);
        rig.untilState("c", InstanceState.RUNNING);
        assertThat(Duration.between(back, rig.queue.now())).isLessThan(Duration.ofMinutes(1));
        assertThat(started("slow")).isEqualTo(1);
    }

    @Test
    @DisplayName("one that somebody removes has failed, and says so")
    void removedByHand() {
        rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "sleep 3000")));
        rig.until(() -> started("slow") == 1);
        rig.queue.runFor(Duration.ofSeconds(10));
        rig.removeByHand(part().id());
        rig.untilReason("a", "init container slow was removed before it ended");
        rig.until(() -> started("slow") == 2);
    }

    @Test
    @DisplayName("one has Knit's labels but for the hash, none of the spec's, no ports and no names")
    void labels() {
        rig.joinedAgent();
        order(spec(it -> it.initContainer(PartSpec.of("slow", "tool:1", "sleep 600"))
                .env("SECRET", "x")
                .label("traefik.enable", "true")
                .network(new NetworkSpec(
                        "", "me", List.of(), List.of(), List.of(new NamedNetwork("shop", List.of("db"), true))))));
        rig.until(() -> started("slow") == 1);
        ContainerSpec made = rig.engine.spec(part().id());
        assertThat(made.labels())
                .containsEntry(KnitLabels.INSTANCE, "a")
                .containsEntry(KnitLabels.PART, "slow")
                .doesNotContainKeys(KnitLabels.SPEC_HASH, "traefik.enable");
        assertThat(made.env()).isEmpty();
        assertThat(made.network().hostname()).isEmpty();
        assertThat(made.network().networks()).containsExactly(new NamedNetwork("shop", List.of(), true));
    }

    @Test
    @DisplayName("a container that is only started again has had them, one that is made anew has them again")
    void again() {
        rig.joinedAgent();
        order(with(PartSpec.of("first", "tool:1", "exit 0")));
        rig.untilState("a", InstanceState.RUNNING);
        rig.engine.end(rig.onlyContainer(), 1);
        rig.until(() -> started("main") == 2);
        assertThat(started("first")).isEqualTo(1);
        rig.settle();
        rig.removeByHand(rig.onlyContainer());
        rig.until(() -> started("main") == 3);
        assertThat(started("first")).isEqualTo(2);
    }

    @Test
    @DisplayName("an agent that stops leaves one that runs, at once, and the next begins anew")
    void stopped() {
        AgentCore agent = rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "sleep 3000"), PartSpec.of("second", "tool:1", "exit 0")));
        rig.until(() -> started("slow") == 1);
        Instant begun = rig.queue.now();
        Future<Void> stopped = agent.close();
        rig.until(stopped::isComplete);
        assertThat(Duration.between(begun, rig.queue.now())).isLessThan(Duration.ofSeconds(2));
        assertThat(part().state()).isEqualTo(ContainerState.RUNNING);
        rig.killAgent();
        rig.joinedAgent();
        rig.until(() -> started("slow") == 2);
        rig.engine.end(part().id(), 0);
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        assertThat(runsAlone()).isTrue();
        assertThat(started("slow")).isEqualTo(2);
        assertThat(started("second")).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "its image is fetched before anything runs; one that can't be had is no fault of the main one's, and says whose")
    void images() {
        rig.joinedAgent();
        rig.engine.withImage("nginx:1").setRegistryUp(false);
        order(with(PartSpec.of("first", "tool:1", "exit 0"), PartSpec.of("second", "tool:2", "exit 0")));
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(newest().reason())
                .startsWith("of an init container or sidecar: ")
                .contains("tool:1");
        assertThat(rig.engine.history().events()).isEmpty();
    }

    @Test
    @DisplayName(
            "an image that somebody removed before one runs is fetched again, and the main one is never made without it")
    void imageGone() {
        rig.joinedAgent();
        order(with(PartSpec.of("first", "tool:1", "sleep 600"), PartSpec.of("second", "tool:2", "exit 0")));
        rig.until(() -> started("first") == 1);
        rig.engine.removeImage("tool:2");
        rig.engine.end(part().id(), 0);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(List.of(started("first"), started("second"), started("main")))
                .containsExactly(1L, 1L, 1L);
    }

    @Test
    @DisplayName(
            "one that runs when no server is heard for too long is ended as what runs is, and begins anew when one is")
    void silenced() {
        rig.joinedAgent();
        order(spec(it -> it.initContainer(within(Duration.ofHours(5), "slow", "sleep 3000"))
                .disconnect(new DisconnectSpec(null, Duration.ofMinutes(5), DisconnectSpec.Reconcile.NEWEST_HEALTHY))));
        rig.until(() -> started("slow") == 1);
        rig.queue.runFor(Duration.ofSeconds(10));
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(6));
        assertThat(rig.engine.containers()).isEmpty();
        rig.queue.runFor(Duration.ofHours(1));
        assertThat(started("slow") + started("main")).isEqualTo(1);
        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> started("slow") == 2);
        rig.engine.end(part().id(), 0);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(rig.server.reported("a"))
                .as("it has not failed for that")
                .anyMatch(status -> status.reason().contains("no server was heard"))
                .noneMatch(InstanceStatus::failing);
    }

    @Test
    @DisplayName("an undeploy while the last is being removed is heard: the main container is not made")
    void undeployedAtLast() {
        rig.joinedAgent();
        rig.engine
                .script()
                .faults(call -> call == EngineCall.REMOVE
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(3))
                        : EngineFault.NONE);
        order(with(PartSpec.of("first", "tool:1", "exit 0")));
        rig.until(() -> started("first") == 1);
        rig.until(() -> part().state() == ContainerState.EXITED);
        rig.queue.runFor(Duration.ofSeconds(1));
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();
        assertThat(started("main")).isZero();
    }

    @Test
    @DisplayName("what one wrote that an agent left is not taken for what the instance wrote last")
    void output() {
        rig.joinedAgent();
        order(with(within(Duration.ofHours(1), "slow", "echo from the part; sleep 3000")));
        rig.until(() -> started("slow") == 1);
        rig.killAgent();
        rig.joinedAgent();
        rig.until(() -> started("slow") == 2);
        assertThat(Files.exists(rig.dataDir.resolve("output").resolve("a"))).isFalse();
    }
}
