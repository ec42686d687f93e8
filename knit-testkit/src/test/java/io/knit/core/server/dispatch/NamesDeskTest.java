package io.knit.core.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.Subjects;
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
import org.junit.jupiter.api.Test;

/** When agents are told of names. */
class NamesDeskTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(loop);
    private final List<String> subjects = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private long ids;
    private final StateWriter writer = new StateWriter(
            loop,
            InMemoryStore.create(),
            ClusterState.empty("c"),
            new EventLog(List.of(), 0),
            question -> ControlLoop.decide(question, length -> "i" + ++ids));

    NamesDeskTest() {
        InMemoryTransport server = bus.connect("server");
        InMemoryTransport agent = bus.connect("agent");
        NamesDesk names = new NamesDesk(loop, new Agenda(loop), server, writer);
        Dispatcher dispatcher = new Dispatcher(
                server,
                writer,
                new AssignmentBook(new SetNumbers(loop.now())),
                new ValueDesk(() -> Sealing.NONE),
                () -> () -> {});
        writer.onCommit(names::committed);
        writer.onCommit(dispatcher::announce);
        agent.subscribe(Subjects.NAMES_BROADCAST, message -> {
            subjects.add(message.subject());
            WireCodec.decode(message.payload(), NamesPage.class).deployments().forEach(each -> named.add(each.name()));
        });
        agent.subscribe(Subjects.DEPLOY_BROADCAST, message -> subjects.add(message.subject()));
        queue.runFor(Duration.ofSeconds(1));
    }

    private void commit(Change... changes) {
        writer.submit(tip -> new Decision<>(List.of(changes), true));
        queue.runFor(Duration.ofMillis(10));
    }

    private void deploy(String name, int replicas) {
        DeploymentSpec spec =
                DeploymentSpec.builder(name, "nginx:1.27").replicas(replicas).build();
        Deployment made = new Deployment(name, 1, spec, false, loop.now(), loop.now());
        commit(new Change.PutRevision(Revision.of(1, spec)), new Change.PutDeployment(made));
    }

    private void node(String id) {
        commit(new Change.PutNode(new Node(
                id,
                "identity-of-" + id,
                null,
                NodeWish.NONE,
                new NodeFacts(id, Map.of(), new Capacity(2, 1L << 30), "", "0.1.0", null, null, "", List.of()),
                new NodeJudgement(NodeState.READY, "", loop.now(), List.of()))));
    }

    /** Its containers are to search the names of their stack. */
    @Test
    void oneIsToldBeforeItsContainersAreMade() {
        deploy("first", 0);
        deploy("web", 1);
        queue.runFor(Duration.ofMillis(1));
        subjects.clear();
        deploy("other", 0);
        node("n1");
        assertThat(subjects).containsExactly(Subjects.NAMES_BROADCAST, Subjects.DEPLOY_BROADCAST);
        assertThat(named).contains("web", "other");
    }
}
