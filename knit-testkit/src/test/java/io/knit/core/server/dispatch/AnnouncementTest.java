package io.knit.core.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.Task;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is told of a task. */
class AnnouncementTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(loop);
    private final List<String> subjects = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private long ids;
    private final StateWriter writer = new StateWriter(
            loop,
            InMemoryStore.create(),
            ClusterState.empty("c"),
            new EventLog(List.of(), 0),
            question -> ControlLoop.decide(question, length -> "i" + ++ids));

    AnnouncementTest() {
        InMemoryTransport server = bus.connect("server");
        InMemoryTransport agent = bus.connect("agent");
        Dispatcher dispatcher = new Dispatcher(
                server,
                writer,
                new AssignmentBook(new SetNumbers(loop.now())),
                new ValueDesk(() -> Sealing.NONE),
                () -> () -> {});
        writer.onCommit(dispatcher::announce);
        for (String subject : List.of(Subjects.DEPLOY_BROADCAST, Subjects.deployTo("*"))) {
            agent.subscribe(subject, message -> {
                subjects.add(message.subject());
                tasks.add(WireCodec.decode(message.payload(), Task.class));
            });
        }
        run();
    }

    private void run() {
        queue.runFor(Duration.ofSeconds(1));
    }

    private void commit(List<Change> changes) {
        writer.submit(tip -> new Decision<>(changes, true));
        run();
    }

    private void nodes(int count) {
        commit(IntStream.range(0, count)
                .<Change>mapToObj(i -> new Change.PutNode(node("n" + i)))
                .toList());
    }

    private Node node(String id) {
        return new Node(
                id,
                "identity-of-" + id,
                null,
                NodeWish.NONE,
                new NodeFacts(id, Map.of(), new Capacity(2, 1L << 30), "", "0.1.0", null, null, "", List.of()),
                new NodeJudgement(NodeState.READY, "", loop.now(), List.of()));
    }

    private void deploy(int replicas) {
        DeploymentSpec spec =
                DeploymentSpec.builder("web", "nginx:1.27").replicas(replicas).build();
        Deployment web = new Deployment("web", 1, spec, false, loop.now(), loop.now());
        commit(List.of(new Change.PutRevision(Revision.of(1, spec)), new Change.PutDeployment(web)));
    }

    @Test
    void aSmallFleetHearsOneBroadcast() {
        nodes(Dispatcher.MOST_WHO_HEAR_ALL);
        deploy(2);
        assertThat(subjects).containsExactly(Subjects.DEPLOY_BROADCAST);
    }

    @Test
    void inALargeOneEachIsToldOfItsOwn() {
        nodes(Dispatcher.MOST_WHO_HEAR_ALL + 1);
        deploy(3);
        assertThat(tasks).hasSize(3).allSatisfy(task -> {
            Task.Placement own = task.placements().get(0);
            Instance instance = writer.committed().instance(own.instance());
            assertThat(task.placements()).hasSize(1);
            assertThat(subjects.get(tasks.indexOf(task))).isEqualTo(Subjects.deployTo(own.node()));
            assertThat(instance).isNotNull();
        });
        assertThat(subjects).doesNotHaveDuplicates();
    }
}
