package io.knit.core.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.ServerTiming;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.alive.MeshWatch;
import io.knit.core.server.alive.NodeWatch;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.dispatch.NamesDesk;
import io.knit.core.server.dispatch.SetNumbers;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.join.NodeGate;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people wish of a node is theirs: neither its agent nor the server's judgement of it changes that. */
class WishTest {
    private static final NodeWish DRAINED = new NodeWish(NodeWish.Availability.DRAINED, Map.of("region", "us"));

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryStorage storage = new InMemoryStorage();
    private final List<String> written = new ArrayList<>();
    private final StateWriter writer = new StateWriter(
            loop,
            Objects.requireNonNull(InMemoryStore.open(storage, loop).result()),
            ClusterState.empty("here"),
            new EventLog(List.of(), 0),
            question -> Controller.Outcome.NOTHING);
    private final MeshWatch mesh =
            new MeshWatch(loop, new Agenda(loop), FixedDiscovery.none(), ServerTiming.DEFAULT.discoveryInterval());
    private final NodeWatch watch =
            new NodeWatch(loop, new Agenda(loop), loop, ServerTiming.DEFAULT, writer, mesh, node -> false);
    private final NodeGate gate = new NodeGate(loop, new Agenda(loop), writer, false);
    private final HeartbeatIntake intake = new HeartbeatIntake(
            loop,
            new Agenda(loop),
            writer,
            gate,
            watch,
            mesh,
            new AssignmentBook(new SetNumbers(loop.now())),
            new NamesDesk(loop, new Agenda(loop), new InMemoryBus(loop).connect("server"), writer),
            new Inbox());

    private void beat(String identity, int cpus) {
        beat(identity, cpus, null);
    }

    private void beat(String identity, int cpus, @Nullable Long clock) {
        Heartbeat beat = new Heartbeat(
                1,
                "here",
                "n1",
                identity,
                1,
                "host",
                Map.of("region", "eu"),
                cpus,
                1,
                "docker",
                "0.1.0",
                null,
                null,
                0,
                "-",
                "",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                clock);
        intake.take("n1", new Said(Subjects.heartbeat("n1"), WireCodec.encode(beat)), loop.elapsed());
        queue.runFor(Duration.ofMillis(10));
    }

    private record Said(String subject, byte[] payload) implements TransportMessage {
        @Override
        public void reply(byte[] answer) {}
    }

    private Node node() {
        return Objects.requireNonNull(writer.committed().node("n1"));
    }

    private void wish(NodeWish wish) {
        writer.submit(tip -> new Decision<>(
                List.of(new Change.PutNode(
                        Objects.requireNonNull(tip.node("n1")).with(wish))),
                true));
        queue.runFor(Duration.ofMillis(10));
    }

    @Test
    @DisplayName("a heartbeat, silence and a new agent of the same name leave a drain as it is")
    void aDrainStays() {
        watch.start();
        queue.runFor(Duration.ofMinutes(1));
        beat("first", 2);
        assertThat(node().takesWork()).isTrue();
        wish(DRAINED);
        assertThat(node().takesWork()).isFalse();
        assertThat(node().labels()).containsEntry("region", "us");

        beat("first", 4);
        assertThat(node().capacity().cpus()).isEqualTo(4);
        assertThat(node().wish()).isEqualTo(DRAINED);

        queue.runFor(Duration.ofMinutes(5));
        assertThat(node().state()).isEqualTo(NodeState.DOWN);
        assertThat(node().wish()).isEqualTo(DRAINED);

        beat("second", 4);
        assertThat(node().state()).isEqualTo(NodeState.READY);
        assertThat(node().identity()).isEqualTo("second");
        assertThat(node().wish()).isEqualTo(DRAINED);
        assertThat(node().takesWork()).isFalse();
    }

    @Test
    @DisplayName("a heartbeat that says what the ones before it said makes a node that was suspect ready")
    void theSameWords() {
        watch.start();
        queue.runFor(Duration.ofMinutes(1));
        for (int heartbeats = 0; heartbeats < 5; heartbeats++) {
            beat("first", 2);
        }
        queue.runFor(Duration.ofSeconds(8));
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        beat("first", 2);
        assertThat(node().state()).isEqualTo(NodeState.READY);
    }

    @Test
    @DisplayName(
            "a node that had no key is known by the one its agent connects with, also where it says what it said before")
    void aKeyOfTheSameWords() {
        for (int heartbeats = 0; heartbeats < 5; heartbeats++) {
            beat("first", 2);
        }
        assertThat(node().key()).isNull();
        gate.judge(new PeerClaim("n1", "its key", false, "10.54.0.9:4711"));
        beat("first", 2);
        assertThat(node().key()).isEqualTo("its key");
    }

    @Test
    @DisplayName("a set that is not taken over is told of after 30 s, and not of a node that was silent for them")
    void outOfStep() {
        watch.start();
        queue.runFor(Duration.ofMinutes(1));
        beat("first", 2);
        queue.runFor(Duration.ofMinutes(5));
        assertThat(node().state()).isEqualTo(NodeState.DOWN);

        for (int heartbeats = 0; heartbeats < 10; heartbeats++) {
            beat("first", 2);
            assertThat(node().condition()).as("heartbeat %s", heartbeats).isEmpty();
            queue.runFor(Duration.ofSeconds(3));
        }
        beat("first", 2);
        assertThat(node().condition()).startsWith("its agent has not taken over its newest assignments for 30 s");
    }

    @Test
    @DisplayName(
            "how far an agent's clock is ahead is known once it told, and stored nowhere; what can't be a time is not taken")
    void clocks() {
        beat("first", 2);
        assertThat(ahead()).isNull();
        writer.onCommit(commit ->
                commit.changes().forEach(change -> written.add(change.getClass().getSimpleName())));
        beat("first", 2, loop.now().plusMillis(7_500).toEpochMilli());
        assertThat(ahead()).isEqualTo(Duration.ofMillis(7_500));
        beat("first", 2);
        beat("first", 2, -1L);
        beat("first", 2, Long.MAX_VALUE);
        assertThat(ahead()).isEqualTo(Duration.ofMillis(7_500));
        beat("first", 2, loop.now().minusSeconds(3_600).toEpochMilli());
        assertThat(ahead()).isEqualTo(Duration.ofHours(-1));
        assertThat(written).isEmpty();
        watch.forget("n1");
        assertThat(ahead()).isNull();
    }

    private @Nullable Duration ahead() {
        return watch.witnesses().of(node()).clockAhead();
    }

    @Test
    @DisplayName("what a node says of itself rewrites neither the wish nor the judgement")
    void ownDocuments() {
        beat("first", 2);
        written.clear();
        writer.onCommit(commit ->
                commit.changes().forEach(change -> written.add(change.getClass().getSimpleName())));
        beat("first", 4);
        assertThat(written).containsExactly("PutFacts");
        watch.start();
        queue.runFor(Duration.ofMinutes(5));
        assertThat(written).containsExactly("PutFacts", "PutJudgement", "PutJudgement");
    }
}
