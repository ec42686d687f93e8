package io.knit.testkit;

import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An agent's data folder is copied while it runs, and a second agent started with the copy. */
class CopiedFolderTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(world);
    private final SeededIds ids = new SeededIds(new Random(2));
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private final Path original = files.getPath("/data/original");
    private final Path copy = files.getPath("/data/copy");
    private final FakeEngine first = new FakeEngine("first", world);
    private final FakeEngine second = new FakeEngine("second", world);
    private final List<KnitEvent> events = new ArrayList<>();
    private final KnitServer server = KnitServer.builder()
            .withoutHttp()
            .loop(new SimulatedLoop(queue))
            .ids(ids)
            .store(InMemoryStore.create())
            .transport(bus.connect("server"))
            .discovery(FixedDiscovery.none())
            .build();

    private Agent older = new Agent(original, first, "web-1");

    /** One process, and what becomes of its start. */
    private final class Agent {
        final KnitAgent agent;
        final Future<KnitAgent> started;

        Agent(Path folder, FakeEngine engine, String host) {
            SimulatedLoop loop = new SimulatedLoop(queue);
            agent = KnitAgent.builder()
                    .nodeId("n1")
                    .hostname(host)
                    .loop(loop)
                    .ids(ids)
                    .transport(bus.connect("n1"))
                    .runtime(new FakeRuntime(engine, loop))
                    .discovery(FixedDiscovery.none())
                    .dataDir(folder)
                    .build();
            started = agent.start();
        }

        boolean isRefused() {
            return agent.ended().failed();
        }
    }

    @BeforeEach
    void twoInstancesRun() {
        server.start();
        server.listen(events::add);
        queue.runFor(Duration.ofSeconds(5));
        server.deploy(DeploymentSpec.builder("web", "web:1").replicas(2).build());
        until(() -> running(first) == 2);
    }

    private void until(BooleanSupplier condition) {
        assertThat(queue.runUntil(condition, Duration.ofMinutes(5)))
                .as("first has %s, second has %s, events %s", first.containers(), second.containers(), events)
                .isTrue();
    }

    private static long running(FakeEngine engine) {
        return engine.containers().stream()
                .filter(container -> container.state() == ContainerState.RUNNING)
                .count();
    }

    private Agent startCopyOn(FakeEngine engine) throws IOException {
        Files.createDirectories(copy);
        try (Stream<Path> all = Files.list(original)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        return new Agent(copy, engine, "web-2");
    }

    private List<String> refusals() {
        return events.stream()
                .filter(event -> event.type().equals("node.refused"))
                .map(KnitEvent::message)
                .toList();
    }

    private void by(FakeEngine engine, String name, Map<String, String> labels) {
        FakeRuntime hand = new FakeRuntime(engine, world);
        engine.withImage("other:1");
        Future<Void> started = hand.create(new ContainerSpec(
                        name, "other:1", List.of(), List.of(), Map.of(), labels, List.of(), List.of()))
                .compose(hand::start);
        until(started::succeeded);
    }

    private static List<String> names(FakeEngine engine) {
        return engine.containers().stream().map(ContainerSnapshot::name).toList();
    }

    @Test
    @DisplayName("on another engine: the older one takes away what it ran, and nothing else, and events say both")
    void elsewhere() throws IOException {
        String cluster = server.snapshot().cluster();
        by(first, "of-another-node", Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.NODE, "n2"));
        by(first, "of-no-node", Map.of(KnitLabels.CLUSTER, cluster));
        by(first, "of-another-cluster", Map.of(KnitLabels.CLUSTER, "other", KnitLabels.NODE, "n1"));
        by(first, "nobodys", Map.of());
        // which an agent that is well would have removed
        List<String> others = List.of("of-another-node", "of-another-cluster", "nobodys");

        Agent newer = startCopyOn(second);
        until(() -> older.isRefused());
        assertThat(names(first)).containsAll(others).noneMatch(name -> name.startsWith("web-"));
        assertThat(failure(older.agent.ended()).code()).isEqualTo(ErrorCode.NODE_ID_TAKEN);
        assertThat(failure(older.agent.ended())).hasMessageContaining("on another engine");
        until(() -> running(second) == 2);
        queue.runFor(Duration.ofMinutes(2));
        assertThat(newer.isRefused()).isFalse();
        assertThat(running(second)).isEqualTo(2);
        assertThat(second.history().starts(labels -> true)).isEqualTo(2);
        assertThat(server.snapshot().deployment("web").orElseThrow().instances())
                .hasSize(2)
                .allMatch(instance -> instance.state() == InstanceState.RUNNING);
        assertThat(refusals())
                .hasSize(2)
                .anyMatch(words -> words.contains("the agent on web-1 ends") && words.contains("stops and removes"))
                .anyMatch(words -> words.contains("web-1") && words.contains("removed the containers that it ran (2)"));
    }

    @Test
    @DisplayName("on another engine: what the older one ran is ended as its spec says, and what is beside it after it")
    void endedAsItsSpecSays() throws IOException {
        server.deploy(DeploymentSpec.builder("drains", "web:1")
                .stop(new StopSpec("SIGQUIT", Duration.ofSeconds(30), List.of("drain")))
                .sidecar(SidecarSpec.of("proxy", "proxy:1", "sleep"))
                .build());
        until(() -> running(first) == 4);
        startCopyOn(second);
        until(() -> older.isRefused());
        assertThat(first.containers()).isEmpty();
        assertThat(first.history().events().stream()
                        .filter(event -> "drains".equals(event.labels().get(KnitLabels.DEPLOYMENT)))
                        .filter(event ->
                                event.kind() != EngineEvent.Kind.CREATED && event.kind() != EngineEvent.Kind.STARTED)
                        .map(event -> event.kind() + " " + event.detail()
                                + (event.labels().containsKey(KnitLabels.PART) ? " beside it" : "")))
                .containsExactly(
                        "EXECUTED drain",
                        "ENDED exit code 143 SIGQUIT",
                        "REMOVED ",
                        "ENDED exit code 143 beside it",
                        "REMOVED  beside it");
    }

    @Test
    @DisplayName("an older one that is started again, as a service is, does not take the node back: nothing flaps")
    void startedAgain() throws IOException {
        Agent newer = startCopyOn(second);
        until(() -> older.isRefused());
        older.agent.close();
        queue.runFor(Duration.ofSeconds(10));
        for (int i = 0; i < 5; i++) {
            older = new Agent(original, first, "web-1");
            until(older.started::isComplete);
            assertThat(failure(older.started).code()).isEqualTo(ErrorCode.NODE_ID_TAKEN);
            assertThat(failure(older.started))
                    .hasMessageContaining("empty data folder")
                    .hasMessageContaining("/data/original/given-up");
        }
        assertThat(newer.isRefused()).isFalse();
        assertThat(running(second)).isEqualTo(2);

        // and does so when somebody says that it is to
        newer.agent.close();
        Files.delete(original.resolve("given-up"));
        older = new Agent(original, first, "web-1");
        until(() -> running(first) == 2);
    }

    @Test
    @DisplayName("on the same engine, as after a clone of the machine's disk that shows one id, nothing is removed")
    void sameEngine() throws IOException {
        second.id("engine-of-first");
        Agent newer = startCopyOn(second);
        until(() -> older.isRefused());
        queue.runFor(Duration.ofMinutes(2));
        assertThat(running(first)).isEqualTo(2);
        assertThat(newer.isRefused()).isFalse();
        assertThat(Files.exists(original.resolve("given-up"))).isFalse();
        assertThat(refusals()).singleElement().asString().contains("Both use one engine");
    }

    @Test
    @DisplayName("copied while its agent was stopped: an event says what nobody looks after any more")
    void whileStopped() throws IOException {
        older.agent.close();
        queue.runFor(Duration.ofSeconds(5));
        startCopyOn(second);
        until(() -> running(second) == 2);
        assertThat(running(first)).isEqualTo(2);
        until(() -> !refusals().isEmpty());
        assertThat(refusals())
                .singleElement()
                .asString()
                .contains("n1 is on another engine now, of host web-2", "of host web-1")
                .contains("docker ps -aq --filter label=knit.node=n1 | xargs docker rm -f");
    }

    @Test
    @DisplayName("an agent that was started again on its own engine left nothing behind, and nothing is said")
    void onlyRestarted() {
        older.agent.close();
        queue.runFor(Duration.ofSeconds(5));
        older = new Agent(original, first, "web-1");
        queue.runFor(Duration.ofMinutes(3));
        assertThat(running(first)).isEqualTo(2);
        assertThat(refusals()).isEmpty();
    }

    @Test
    @DisplayName("where one of the engines has no id, nothing is removed, and it is said how to")
    void unknown() throws IOException {
        second.id("");
        Agent newer = startCopyOn(second);
        until(() -> older.isRefused());
        queue.runFor(Duration.ofMinutes(2));
        assertThat(running(first)).isEqualTo(2);
        assertThat(newer.isRefused()).isFalse();
        assertThat(refusals()).singleElement().asString().contains("docker rm -f");
    }

    @Test
    @DisplayName("while the newer one's engine has not answered, the older one goes on, half a minute at most")
    void engineNotThereYet() throws IOException {
        second.kill();
        startCopyOn(second);
        queue.runFor(Duration.ofSeconds(15));
        assertThat(older.isRefused()).isFalse();
        second.start();
        until(() -> older.isRefused());
        assertThat(first.containers()).isEmpty();
        until(() -> running(second) == 2);
    }

    @Test
    @DisplayName("an engine that never answers does not keep the older one in doubt for ever")
    void engineNeverThere() throws IOException {
        second.kill();
        startCopyOn(second);
        until(() -> older.isRefused());
        queue.runFor(Duration.ofMinutes(2));
        assertThat(running(first)).isEqualTo(2);
    }

    @Test
    @DisplayName("what can't be removed at once is tried again; the agent ends when all is gone")
    void slowRemoval() throws IOException {
        first.script()
                .faults(call -> call == EngineCall.REMOVE || call == EngineCall.SNAPSHOT
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        startCopyOn(second);
        queue.runFor(Duration.ofMinutes(1));
        assertThat(older.isRefused()).isFalse();
        assertThat(running(first)).isEqualTo(2);
        first.script().faults(call -> EngineFault.NONE);
        until(() -> older.isRefused());
        assertThat(first.containers()).isEmpty();
    }

    @Test
    @DisplayName("an engine that turns out to be the holder's when its containers are to be removed keeps them")
    void looksAgain() throws IOException {
        // as one whose id was set anew between two answers; the first two removals fail
        AtomicInteger failures = new AtomicInteger(2);
        startCopyOn(second);
        first.script().faults(call -> {
            if (call == EngineCall.REMOVE && failures.getAndDecrement() > 0) {
                first.id("engine-of-second");
                return new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO);
            }
            return EngineFault.NONE;
        });
        until(() -> older.isRefused());
        assertThat(running(first)).isEqualTo(2);
        // the server had been told of another engine
        assertThat(refusals()).singleElement().asString().contains("on another engine");
    }
}
