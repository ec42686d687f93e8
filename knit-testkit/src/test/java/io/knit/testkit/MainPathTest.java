package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.ServerTiming;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.wire.Subjects;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server and agents in one thread on virtual time: from a wish to a container, and back. */
class MainPathTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(world);
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private final List<KnitEvent> events = new ArrayList<>();
    private final SimulatedLoop serverLoop = new SimulatedLoop(queue);
    private final InMemoryStorage storage = new InMemoryStorage();
    private final KnitServer server = KnitServer.builder()
            .withoutHttp()
            .loop(serverLoop)
            .ids(new SeededIds(new Random(2)))
            .store(InMemoryStore.open(storage, serverLoop).result())
            .transport(bus.connect("server"))
            .discovery(FixedDiscovery.none())
            .timing(ServerTiming.DEFAULT)
            .build();

    @BeforeEach
    void start() {
        server.start();
        server.listen(events::add);
        queue.runFor(Duration.ofSeconds(1));
    }

    private FakeEngine agent(String id, String region) {
        FakeEngine engine = new FakeEngine(id, world).withImage("web:1").withImage("web:2");
        SimulatedLoop loop = new SimulatedLoop(queue);
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .label("region", region)
                .hostname(id)
                .loop(loop)
                .ids(new SeededIds(new Random(id.hashCode())))
                .transport(bus.connect(id))
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none())
                .dataDir(files.getPath("/data", id))
                .timing(AgentTiming.DEFAULT)
                .build();
        agent.start();
        queue.runFor(Duration.ofSeconds(1));
        return engine;
    }

    private static DeploymentSpec web(int version) {
        return DeploymentSpec.builder("web", "web:" + version)
                .nodeSelector("region", "eu")
                .port(80)
                .template("/etc/motd", "{{ node.id }} runs {{ deployment.name }} {{ deployment.revision }}")
                .build();
    }

    private Instance onlyInstance() {
        ClusterSnapshot snapshot = server.snapshot();
        return snapshot.deployment("web").orElseThrow().instances().get(0);
    }

    @Test
    void aDeploymentRunsOnTheNodeThatFitsAndLeavesNothingBehind() throws Exception {
        FakeEngine eu = agent("n1", "eu");
        FakeEngine us = agent("n2", "us");

        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));

        assertThat(onlyInstance().state()).as("%s", events).isEqualTo(InstanceState.RUNNING);
        assertThat(onlyInstance().node()).isEqualTo("n1");
        assertThat(eu.containers()).hasSize(1);
        assertThat(us.containers()).isEmpty();

        server.undeploy("web");
        queue.runFor(Duration.ofSeconds(5));

        assertThat(server.snapshot().deployments()).as("%s", events).isEmpty();
        assertThat(eu.containers()).isEmpty();
    }

    @Test
    void anotherSpecReplacesTheInstance() {
        FakeEngine eu = agent("n1", "eu");
        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));

        server.deploy(web(2));
        queue.runFor(Duration.ofSeconds(20));

        assertThat(server.snapshot().deployment("web").orElseThrow().status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(onlyInstance().revision()).as("%s", events).isEqualTo(2);
        assertThat(eu.containers())
                .singleElement()
                .satisfies(c -> assertThat(eu.spec(c.id()).image()).startsWith("web:2@sha256:"));
    }

    @Test
    void aContainerThatEndsMakesItsDeploymentDegradedUntilItRunsAgain() {
        FakeEngine eu = agent("n1", "eu");
        server.deploy(web(1));
        // longer than min_healthy: what ends before that has failed
        queue.runFor(Duration.ofSeconds(15));

        eu.end(eu.containers().get(0).id(), 3);
        queue.runFor(Duration.ofMillis(500));
        assertThat(server.snapshot().deployment("web").orElseThrow().status()).isEqualTo(DeploymentStatus.DEGRADED);
        assertThat(onlyInstance().shown()).isEqualTo(InstanceState.STARTING);
        assertThat(events)
                .filteredOn(event -> event.message().contains("ended with"))
                .extracting(KnitEvent::type)
                .containsExactly("instance.starting");
        assertThat(onlyInstance().reason()).isEqualTo("ended with exit code 3; starts again in 1 s (restart 1)");

        queue.runFor(Duration.ofSeconds(5));
        assertThat(server.snapshot().deployment("web").orElseThrow().status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(onlyInstance().restarts()).isEqualTo(1);
        assertThat(onlyInstance().shown()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void whatFitsNowhereWaitsWithTheReasonUntilANodeComes() {
        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(1));
        assertThat(onlyInstance().reason()).contains("no agent has joined yet");

        agent("n1", "us");
        assertThat(onlyInstance().reason()).contains("n1 has region=us, not region=eu");

        agent("n2", "eu");
        queue.runFor(Duration.ofSeconds(5));
        assertThat(onlyInstance().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aNodeThatFallsSilentIsReplacedAndItsSurplusStopsWhenItComesBack() {
        agent("n1", "eu");
        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));
        FakeEngine second = agent("n2", "eu");

        bus.cut("n1");
        queue.runFor(Duration.ofSeconds(30));
        assertThat(second.containers()).as("%s", events).hasSize(1);

        bus.heal("n1");
        queue.runFor(Duration.ofSeconds(30));
        assertThat(server.snapshot().deployment("web").orElseThrow().instances())
                .as("%s", events)
                .singleElement()
                .satisfies(i -> assertThat(i.node()).isEqualTo("n2"));
    }

    @Test
    void whatStrangersSendIsDropped() {
        agent("n1", "eu");
        String cluster = server.snapshot().cluster();
        List<String> payloads = List.of(
                "",
                "null",
                "[]",
                "{}",
                "{\"v\":1}",
                "not JSON",
                "{\"v\":99,\"cluster\":\"" + cluster + "\"}",
                "{\"v\":1,\"cluster\":\"" + cluster + "\"}",
                "{\"v\":1,\"cluster\":\"" + cluster + "\",\"node\":null,\"identity\":null,\"statuses\":null}",
                "{\"v\":1,\"cluster\":\"" + cluster + "\",\"node\":\"n1\",\"identity\":\"wrong\",\"statuses\":[null]}",
                "{\"v\":1,\"cluster\":\"" + cluster + "\",\"node\":\"n1\",\"labels\":{\"a\":null}}",
                "{\"v\":1,\"cluster\":\"" + cluster + "\",\"revision\":9,\"placements\":[null,{\"node\":null}]}",
                "[".repeat(100_000),
                "\"" + "x".repeat(2_000_000) + "\"");
        InMemoryTransport stranger = bus.connect("stranger");
        for (String subject : List.of(
                Subjects.heartbeat("n1"),
                Subjects.assignments("n1"),
                Subjects.status("n1"),
                Subjects.DEPLOY_BROADCAST,
                Subjects.UNDEPLOY_BROADCAST,
                Subjects.deployTo("n1"))) {
            payloads.forEach(payload -> stranger.publish(subject, payload.getBytes(StandardCharsets.UTF_8)));
        }
        queue.runFor(Duration.ofSeconds(5));
        assertThat(server.snapshot().nodes()).extracting(Node::id).containsExactly("n1");

        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(onlyInstance().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void halfACharacterStopsNobody() {
        agent("n1", "eu");
        Future<DeploymentView> odd = server.deploy(DeploymentSpec.builder("odd", "web:1")
                .env("A", "\ud800")
                .replicas(0)
                .build());
        queue.runFor(Duration.ofSeconds(1));
        assertThat(odd.failed()).isTrue();
        assertThat(odd.cause()).hasMessageContaining("half a character");
        // no charset carries it, so a store that is given it as it is refuses or changes it
        assertThat(storage.documents())
                .allSatisfy(document -> assertThat(document.body()).isASCII());
        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(onlyInstance().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void theNewestRevisionsAreKeptAndThoseThatAnInstanceHas() {
        agent("n1", "eu");
        server.deploy(web(1));
        queue.runFor(Duration.ofSeconds(5));
        storage.delays(() -> Duration.ofMillis(1));
        for (int i = 2; i <= 50; i++) {
            server.deploy(DeploymentSpec.builder("web", "web:1")
                    .nodeSelector("region", "eu")
                    .env("N", "" + i)
                    .build());
            queue.runFor(Duration.ofMillis(40));
            assertThat(onlyInstances())
                    .allSatisfy(i2 -> assertThat(storedRevisions()).contains(i2.revision()));
            assertThat(storedRevisions())
                    .hasSizeLessThanOrEqualTo(20 + onlyInstances().size());
        }
        queue.runFor(Duration.ofSeconds(30));
        server.deploy(web(2));
        queue.runFor(Duration.ofSeconds(30));
        assertThat(storedRevisions())
                .containsExactlyElementsOf(IntStream.rangeClosed(32, 51).boxed().toList());
        assertThat(onlyInstance().state()).isEqualTo(InstanceState.RUNNING);

        server.undeploy("web");
        queue.runFor(Duration.ofSeconds(30));
        assertThat(storedRevisions()).isEmpty();
    }

    private List<Instance> onlyInstances() {
        return server.snapshot().deployment("web").orElseThrow().instances();
    }

    private List<Integer> storedRevisions() {
        return storage.documents().stream()
                .filter(document -> document.table().equals("revision"))
                .map(document ->
                        Integer.valueOf(document.key().substring(document.key().indexOf('/') + 1)))
                .toList();
    }

    @Test
    void deployingAndUndeployingInOneMomentAnswersBoth() {
        storage.delays(() -> Duration.ofSeconds(1));
        server.deploy(DeploymentSpec.builder("first", "web:1").build());
        queue.runFor(Duration.ofMillis(500));
        // both wait for the commit under way, are decided together after it, and share the next one
        Future<DeploymentView> made = server.deploy(web(1));
        queue.runFor(Duration.ofMillis(100));
        Future<DeploymentView> gone = server.undeploy("web");
        queue.runFor(Duration.ofSeconds(5));
        assertThat(storage.commits()).isEqualTo(3);
        assertThat(made.succeeded()).as("%s", made.cause()).isTrue();
        assertThat(gone.succeeded()).as("%s", gone.cause()).isTrue();
        assertThat(made.result().status()).isEqualTo(DeploymentStatus.DELETING);
        assertThat(server.snapshot().deployment("web")).isEmpty();
    }
}
