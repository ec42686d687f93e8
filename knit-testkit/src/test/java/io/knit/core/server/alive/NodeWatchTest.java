package io.knit.core.server.alive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.ServerTiming;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.core.loop.Pulse;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.history.Cause;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeWatchTest {
    /** What the loop needs for a few turns. */
    private static final Duration AT_ONCE = Duration.ofMillis(10);

    private static final Duration ANSWERS = Duration.ofMillis(100);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryStorage storage = new InMemoryStorage();
    private final StateWriter writer = new StateWriter(
            loop,
            Objects.requireNonNull(InMemoryStore.open(storage, loop).result()),
            ClusterState.empty("here"),
            new EventLog(List.of(), 0),
            question -> Controller.Outcome.NOTHING);
    private final FixedDiscovery discovery = FixedDiscovery.none();
    private final MeshWatch mesh =
            new MeshWatch(loop, new Agenda(loop), answersLate(), ServerTiming.DEFAULT.discoveryInterval());
    private final Set<String> unheard = new HashSet<>();
    private final NodeWatch watch =
            new NodeWatch(loop, new Agenda(loop), loop, ServerTiming.DEFAULT, writer, mesh, unheard::contains);

    /** As a daemon that is asked over a socket: what it answers comes too late for who is judged now. */
    private Discovery answersLate() {
        return new Discovery() {
            @Override
            public Future<List<Peer>> peers() {
                Promise<List<Peer>> answer = Promise.promise();
                queue.after(ANSWERS, () -> discovery.peers().onComplete(answer));
                return answer.future();
            }

            @Override
            public Future<Optional<Peer>> self() {
                return discovery.self();
            }
        };
    }

    private void join(String id) {
        Node node = node(id);
        writer.submit(tip -> new Decision<>(List.of(new Change.PutNode(node)), true));
        watch.heard(id, loop.elapsed());
    }

    private Node node(String id) {
        return new Node(
                id,
                "identity",
                null,
                NodeWish.NONE,
                new NodeFacts(id, Map.of(), new Capacity(1, 1), "", "", null, "key", "", List.of()),
                new NodeJudgement(NodeState.READY, "", loop.now(), List.of()));
    }

    private @Nullable NodeState state(String id) {
        Node node = writer.committed().node(id);
        return node == null ? null : node.state();
    }

    private void startLongAgo() {
        mesh.start();
        watch.start();
        queue.runFor(Duration.ofMinutes(1));
        join("n1");
        queue.runFor(AT_ONCE);
    }

    private Duration until(NodeState wanted, Duration atMost) {
        Instant begin = queue.now();
        assertThat(queue.runUntil(() -> state("n1") == wanted, atMost)).isTrue();
        return Duration.between(begin, queue.now());
    }

    @Test
    @DisplayName("a silent node is suspect after 7 s and down after 12 s, not some poll later")
    void silent() {
        startLongAgo();
        assertThat(until(NodeState.SUSPECT, Duration.ofMinutes(1)))
                .isBetween(
                        Duration.ofSeconds(7).minus(AT_ONCE),
                        Duration.ofSeconds(7).plus(AT_ONCE));
        assertThat(until(NodeState.DOWN, Duration.ofMinutes(1)))
                .isBetween(
                        Duration.ofSeconds(5).minus(AT_ONCE),
                        Duration.ofSeconds(5).plus(AT_ONCE));
    }

    @Test
    @DisplayName("a node whose connection closed is suspect 3 s later, though its heartbeat's deadline was far")
    void disconnected() {
        startLongAgo();
        watch.connection("n1", false);
        assertThat(until(NodeState.SUSPECT, Duration.ofMinutes(1)))
                .isBetween(
                        Duration.ofSeconds(3).minus(AT_ONCE),
                        Duration.ofSeconds(3).plus(AT_ONCE));
    }

    private void tell(Instant lastSeen) {
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", lastSeen)));
    }

    private static void requireAbout(Duration actual, Duration expected) {
        assertThat(actual).isBetween(expected.minus(AT_ONCE), expected.plus(AT_ONCE));
    }

    @Test
    @DisplayName(
            "one that the mesh still hears of is suspect for a minute, also if it is missing in what the mesh tells"
                    + " then: that proves nothing")
    void aliveOnMesh() {
        startLongAgo();
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        tell(loop.now());
        queue.runFor(Duration.ofSeconds(10));
        discovery.setPeers(List.of());
        queue.runFor(Duration.ofSeconds(30));
        assertThat(state("n1")).isEqualTo(NodeState.SUSPECT);
        requireAbout(until(NodeState.DOWN, Duration.ofMinutes(1)), Duration.ofSeconds(60 - 7 - 40));
    }

    @Test
    @DisplayName(
            "the mesh is asked once more just before a node would be down: its host may have been heard of since it"
                    + " became suspect")
    void asksJustBefore() {
        startLongAgo();
        watch.connection("n1", false);
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        // asked now, 3 s after it was heard last, and 4 s later
        queue.runFor(Duration.ofSeconds(6));
        tell(loop.now());
        queue.runFor(Duration.ofSeconds(10));
        assertThat(state("n1")).isEqualTo(NodeState.SUSPECT);
    }

    @Test
    @DisplayName("so is it by a server that was started not long ago, before a mesh that did not answer then")
    void asksJustBeforeItsFirst() {
        discovery.setFailing(true);
        mesh.start();
        watch.start();
        writer.submit(tip -> new Decision<>(List.of(new Change.PutNode(node("n1"))), true));
        queue.runFor(Duration.ofSeconds(8));
        discovery.setFailing(false);
        tell(loop.now());
        queue.runFor(Duration.ofSeconds(30));
        assertThat(state("n1")).isEqualTo(NodeState.SUSPECT);
    }

    @Test
    @DisplayName("a mesh that was started anew and tells older times than before has heard of nobody since")
    void toldOfOldTimes() {
        mesh.start();
        tell(loop.now());
        watch.start();
        queue.runFor(Duration.ofMinutes(1));
        tell(loop.now());
        join("n1");
        queue.runFor(AT_ONCE);
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        queue.runFor(Duration.ofSeconds(1));
        tell(loop.now().minus(Duration.ofMinutes(1)));
        requireAbout(until(NodeState.DOWN, Duration.ofMinutes(1)), Duration.ofSeconds(4));
    }

    @Test
    @DisplayName("one that the mesh goes on to hear of is down 60 s after its last heartbeat")
    void aliveForAMinute() {
        tellEachSecond();
        startLongAgo();
        assertThat(until(NodeState.DOWN, Duration.ofMinutes(2)))
                .isBetween(
                        Duration.ofSeconds(60).minus(AT_ONCE),
                        Duration.ofSeconds(60).plus(AT_ONCE));
    }

    private Instant silentSince() {
        NodeJudgement judgement =
                Objects.requireNonNull(writer.committed().node("n1")).judgement();
        return Objects.requireNonNull(judgement.silentSince());
    }

    @Test
    @DisplayName("who is down is silent since its last heartbeat, and longer by an interval for which nobody listened")
    void silentSinceItsLastHeartbeat() {
        startLongAgo();
        Instant heard = writer.served();
        until(NodeState.DOWN, Duration.ofMinutes(1));
        assertThat(silentSince()).isBetween(heard.minus(AT_ONCE).minus(AT_ONCE), heard.plus(AT_ONCE));
        Instant before = silentSince();
        loop.pause();
        queue.runFor(Duration.ofSeconds(40));
        loop.resume();
        queue.runFor(Duration.ofSeconds(6));
        assertThat(silentSince()).isEqualTo(before.plusSeconds(12));
    }

    @ParameterizedTest(name = "by {0} min")
    @ValueSource(longs = {60, -60})
    @DisplayName(
            "a host that the mesh heard of last before its heartbeats stopped is dead, though the clock is set then")
    void deadWhileTheClockIsSet(long minutes) {
        mesh.start();
        watch.start();
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", loop.now().plusSeconds(59))));
        queue.runFor(Duration.ofMinutes(1));
        join("n1");
        queue.runFor(AT_ONCE);
        loop.setClock(Duration.ofMinutes(minutes));
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        assertThat(until(NodeState.DOWN, Duration.ofMinutes(1)))
                .isBetween(
                        Duration.ofSeconds(5).minus(AT_ONCE),
                        Duration.ofSeconds(5).plus(AT_ONCE));
    }

    @ParameterizedTest(name = "by {0} min")
    @ValueSource(longs = {60, -60})
    @DisplayName(
            "a host that the mesh goes on to hear of lives, though its times are of another clock than the server's is now")
    void aliveWhileTheClockIsSet(long minutes) {
        tellEachSecond();
        startLongAgo();
        loop.setClock(Duration.ofMinutes(minutes));
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        queue.runFor(Duration.ofSeconds(40));
        assertThat(state("n1")).isEqualTo(NodeState.SUSPECT);
    }

    /** By a clock that nobody sets. */
    private void tellEachSecond() {
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", queue.now())));
        queue.after(Duration.ofSeconds(1), this::tellEachSecond);
    }

    @Test
    @DisplayName("a judgement that could not be stored is made again")
    void notStored() {
        startLongAgo();
        until(NodeState.SUSPECT, Duration.ofMinutes(1));
        storage.failNext(2);
        Duration late = until(NodeState.DOWN, Duration.ofMinutes(1));
        assertThat(late).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("while every heartbeat comes it looks only now and then, and a closed one never")
    void quiet() {
        startLongAgo();
        long before = queue.happened();
        for (int i = 0; i < 100; i++) {
            watch.heard("n1", loop.elapsed());
            queue.runFor(Duration.ofSeconds(3));
        }
        // 5 minutes: a timer every 4 s or so, and the mesh every 30 s with its answer
        assertThat(queue.happened() - before).isLessThan(150);
        assertThat(state("n1")).isEqualTo(NodeState.READY);
        watch.close();
        mesh.close();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(queue.step()).isFalse();
    }

    @Test
    @DisplayName("a process that stood still has heard nobody meanwhile, and listens anew before it judges")
    void stoodStill() {
        startLongAgo();
        loop.pause();
        queue.runFor(Duration.ofSeconds(40));
        loop.resume();
        queue.runFor(Duration.ofSeconds(6));
        assertThat(state("n1")).isEqualTo(NodeState.READY);
        Instant begin = queue.now();
        assertThat(queue.runUntil(() -> state("n1") == NodeState.DOWN, Duration.ofSeconds(20)))
                .isTrue();
        assertThat(Duration.between(begin, queue.now())).isGreaterThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName(
            "a loop that works 2.5 s of every 3.5 s judges a dead node all the same, and none whose words it has not heard yet")
    void busy() {
        // to whom beats beside the loop, a loop that stands is one that works
        NodeWatch busy = new NodeWatch(
                loop, new Agenda(loop), Pulse.STEADY, ServerTiming.DEFAULT, writer, mesh, unheard::contains);
        mesh.start();
        busy.start();
        queue.runFor(Duration.ofMinutes(1));
        join("n1");
        join("n2");
        queue.runFor(AT_ONCE);
        busy.heard("n1", loop.elapsed());
        busy.heard("n2", loop.elapsed());
        Instant died = queue.now();
        while (state("n1") != NodeState.DOWN
                && Duration.between(died, queue.now()).toMinutes() < 2) {
            loop.pause();
            queue.runFor(Duration.ofMillis(2_400));
            // comes while the loop works, and waits
            Duration at = loop.elapsed();
            unheard.add("n2");
            queue.runFor(Duration.ofMillis(100));
            loop.resume();
            queue.runFor(Duration.ofMillis(200));
            unheard.remove("n2");
            busy.heard("n2", at);
            queue.runFor(Duration.ofMillis(800));
            assertThat(state("n2")).isEqualTo(NodeState.READY);
        }
        assertThat(Duration.between(died, queue.now())).isLessThan(Duration.ofSeconds(12 + 4));
    }

    @Test
    @DisplayName("who is silent is judged by the next commit, however much is to be decided before")
    void crowded() {
        startLongAgo();
        queue.runFor(Duration.ofMillis(6_900));
        List<List<Change>> commits = new ArrayList<>();
        writer.onCommit(commit -> commits.add(commit.changes()));
        loop.pause();
        for (int i = 0; i < 1_000; i++) {
            Node other = node("other-" + i);
            writer.submit(tip -> new Decision<>(List.of(new Change.PutNode(other)), true));
            writer.submit(
                    Cause.of(new Command.ForgetNode("n3"), Caller.PROGRAM),
                    tip -> new Decision<>(List.of(new Change.PutNode(other)), true));
        }
        queue.runFor(Duration.ofMillis(200));
        loop.resume();
        until(NodeState.SUSPECT, Duration.ofSeconds(1));
        assertThat(commits).as("one was under way").hasSizeBetween(1, 2);
    }

    @Test
    @DisplayName("a node of which something waits to be heard is not judged before it was heard")
    void unheard() {
        startLongAgo();
        queue.runFor(Duration.ofMillis(6_900));
        unheard.add("n1");
        queue.runFor(Duration.ofSeconds(20));
        assertThat(state("n1")).isEqualTo(NodeState.READY);
        unheard.remove("n1");
        until(NodeState.DOWN, Duration.ofSeconds(1));
    }
}
