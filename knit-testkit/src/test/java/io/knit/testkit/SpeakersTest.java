package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import io.vertx.core.Future;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is heard as which node, and how a node is forgotten. */
class SpeakersTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(world);
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private final InMemoryStore store = InMemoryStore.create();
    private final List<KnitEvent> events = new ArrayList<>();
    private final List<Heartbeat> heard = new ArrayList<>();
    private final KnitServer server = KnitServer.builder()
            .withoutHttp()
            .loop(new SimulatedLoop(queue))
            .ids(new SeededIds(new Random(2)))
            .store(store)
            .transport(bus.connect("server"))
            .discovery(FixedDiscovery.none())
            .build();

    @BeforeEach
    void start() {
        server.start();
        server.listen(events::add);
        bus.connect("spy")
                .subscribe(
                        Subjects.heartbeat(Subjects.ANY_NODE),
                        message -> heard.add(WireCodec.decode(message.payload(), Heartbeat.class)));
        queue.runFor(Duration.ofSeconds(1));
    }

    private KnitAgent agent(String id, String folder) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        FakeEngine engine = new FakeEngine(id, world).withImage("web:1");
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .hostname(folder)
                .loop(loop)
                .ids(new SeededIds(new Random(folder.hashCode())))
                .transport(bus.connect(id))
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none())
                .dataDir(files.getPath("/data", folder))
                .build();
        agent.start();
        queue.runFor(Duration.ofSeconds(1));
        return agent;
    }

    private Node node(String id) {
        return server.snapshot().nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Instance instance() {
        return server.snapshot().deployment("web").orElseThrow().instances().get(0);
    }

    private void deploy() {
        server.deploy(DeploymentSpec.builder("web", "web:1").build());
        queue.runFor(Duration.ofSeconds(5));
        assertThat(instance().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aMessageOnAnotherNodesSubjectIsNotHeardEvenWithTheRightIdentity() {
        agent("n1", "one");
        agent("n2", "two");
        deploy();
        String cluster = server.snapshot().cluster();
        String owner = Objects.requireNonNull(instance().node());
        String other = owner.equals("n1") ? "n2" : "n1";
        Heartbeat real = heard.stream()
                .filter(beat -> beat.node().equals(owner) && beat.cluster() != null)
                .findFirst()
                .orElseThrow();
        InMemoryTransport stranger = bus.connect(other);
        InstanceStatus failed =
                new InstanceStatus(instance().id(), Long.MAX_VALUE, InstanceState.FAILED, "forged", 0, false);
        StatusReport report = new StatusReport(1, cluster, owner, real.identity(), List.of(failed));
        AssignmentsRequest request = new AssignmentsRequest(1, cluster, owner, real.identity(), null);

        Future<byte[]> acked = ask(stranger, Subjects.status(other), report);
        Future<byte[]> page = ask(stranger, Subjects.assignments(other), request);
        Future<byte[]> welcome = ask(stranger, Subjects.heartbeat(other), real);
        queue.runFor(Duration.ofSeconds(3));

        assertThat(List.of(acked, page, welcome)).allMatch(Future::failed);
        assertThat(instance().state()).isEqualTo(InstanceState.RUNNING);
        // the same on the right subject is heard: it was the subject that kept it out
        assertThat(ask(stranger, Subjects.assignments(owner), request)).satisfies(answer -> {
            queue.runFor(Duration.ofSeconds(1));
            assertThat(answer.succeeded()).isTrue();
        });
    }

    private static Future<byte[]> ask(InMemoryTransport stranger, String subject, Object message) {
        return stranger.request(subject, WireCodec.encode(message), Duration.ofSeconds(2));
    }

    @Test
    void onlyANodeThatIsDownIsForgottenAndItsNameIsFree() {
        KnitAgent first = agent("n1", "one");
        deploy();
        Future<Node> early = server.forgetNode("n1");
        Future<Node> unknown = server.forgetNode("n9");
        queue.runFor(Duration.ofMillis(100));
        assertThat(((KnitException) early.cause()).code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(early.cause()).hasMessageContaining("n1 is ready").hasMessageContaining("down");
        assertThat(((KnitException) unknown.cause()).code()).isEqualTo(ErrorCode.NOT_FOUND);

        first.close();
        bus.cut("n1");
        queue.runFor(Duration.ofSeconds(20));
        assertThat(node("n1").state()).isEqualTo(NodeState.DOWN);
        Future<Node> forgotten = server.forgetNode("n1");
        queue.runFor(Duration.ofMillis(100));

        assertThat(forgotten.succeeded()).isTrue();
        assertThat(server.snapshot().nodes()).isEmpty();
        assertThat(events).extracting(KnitEvent::type).contains("node.forgotten");
        assertThat(store.load().result()).noneMatch(document -> document.table().equals("node"));
        assertThat(server.snapshot().deployment("web").orElseThrow().instances())
                .allMatch(instance -> instance.node() == null);

        bus.heal("n1");
        agent("n1", "anew");
        queue.runFor(Duration.ofSeconds(5));
        assertThat(node("n1").hostname()).isEqualTo("anew");
        assertThat(instance().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void anAgentThatComesBackAfterItWasForgottenJoinsAsNew() {
        agent("n1", "one");
        deploy();
        bus.cut("n1");
        queue.runFor(Duration.ofSeconds(20));
        server.forgetNode("n1");
        queue.runFor(Duration.ofSeconds(1));
        bus.heal("n1");
        queue.runFor(Duration.ofSeconds(30));
        assertThat(node("n1").state()).isEqualTo(NodeState.READY);
        assertThat(server.snapshot().deployment("web").orElseThrow().instances())
                .singleElement()
                .satisfies(only -> assertThat(only.state()).isEqualTo(InstanceState.RUNNING));
    }

    @Test
    void noIdentityIsInATextForPeople() {
        agent("n1", "one");
        String identity = heard.get(0).identity();
        assertThat(identity).isNotEmpty();
        assertThat(node("n1").identity()).isEqualTo(identity);
        assertThat(node("n1").toString() + heard.get(0)).contains("n1").doesNotContain(identity);
        assertThat(new StatusReport(1, "c", "n1", identity, List.of()).toString()
                        + new AssignmentsRequest(1, "c", "n1", identity, null))
                .doesNotContain(identity);
    }
}
