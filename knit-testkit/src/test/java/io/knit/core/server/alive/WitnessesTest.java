package io.knit.core.server.alive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.ServerTiming;
import io.knit.api.model.Absence;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Peer;
import io.knit.api.model.Testimony;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.events.EventLog;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessesTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final StateWriter writer = new StateWriter(
            loop,
            Objects.requireNonNull(
                    InMemoryStore.open(new InMemoryStorage(), loop).result()),
            ClusterState.empty("here"),
            new EventLog(List.of(), 0),
            question -> Controller.Outcome.NOTHING);
    private final FixedDiscovery discovery = FixedDiscovery.none();
    private final MeshWatch mesh =
            new MeshWatch(loop, new Agenda(loop), discovery, ServerTiming.DEFAULT.discoveryInterval());
    private final NodeWatch watch =
            new NodeWatch(loop, new Agenda(loop), loop, ServerTiming.DEFAULT, writer, mesh, node -> false);
    private final Witnesses witnesses = watch.witnesses();

    @BeforeEach
    void start() {
        mesh.start();
        watch.start();
        run(60);
    }

    private void run(long seconds) {
        queue.runFor(Duration.ofSeconds(seconds).plusMillis(20));
    }

    private void join(String key) {
        writer.submit(tip -> new Decision<>(
                List.of(new Change.PutNode(new Node(
                        "n1",
                        "identity",
                        null,
                        NodeWish.NONE,
                        new NodeFacts("n1", Map.of(), new Capacity(1, 1), "", "", null, key, "", List.of()),
                        new NodeJudgement(NodeState.READY, "", loop.now(), List.of())))),
                true));
        watch.heard("n1", loop.elapsed());
    }

    private Node node() {
        return Objects.requireNonNull(writer.committed().node("n1"));
    }

    private Liveness asked() {
        return witnesses.of(node());
    }

    private void meshHears() {
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", loop.now())));
    }

    private static String words(Liveness liveness) {
        return String.join(
                "; ",
                liveness.testimonies().stream()
                        .map(each -> each.witness().wireName() + (each.alive() ? " alive: " : " not: ") + each.words())
                        .toList());
    }

    private static DeploymentSpec web(int replaceAfter) {
        DeploymentSpecBuilder spec = DeploymentSpec.builder("web", "web:1");
        return replaceAfter == 0
                ? spec.build()
                : spec.disconnect(new DisconnectSpec(
                                Duration.ofSeconds(replaceAfter), null, DisconnectSpec.DEFAULT.reconcile()))
                        .build();
    }

    @Test
    @DisplayName("what moves by the second is read when asked, and makes no commit")
    void readWhenAsked() {
        join("key");
        run(0);
        long revision = writer.committed().revision();
        assertThat(words(asked())).startsWith("heartbeat alive: heartbeat 0 s ago");
        run(4);
        assertThat(words(asked())).startsWith("heartbeat alive: heartbeat 4 s ago");
        assertThat(asked().absence()).isNull();
        assertThat(writer.committed().revision()).isEqualTo(revision);
    }

    @Test
    @DisplayName("each witness says its own, also where they disagree, and until when that is waited for")
    void disagree() {
        meshHears();
        join("key");
        Instant last = loop.now();
        run(9);
        // the mesh was asked when the node became suspect, and had heard of nothing new
        assertThat(words(asked()))
                .startsWith("heartbeat not: no heartbeat for 9 s; mesh not: the mesh heard of the host")
                .endsWith("and not since its heartbeats stopped");
        meshHears();
        Instant seen = loop.now();
        run(22);
        Liveness now = asked();
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        assertThat(words(now))
                .matches("heartbeat not: no heartbeat for 31 s; mesh alive: the mesh heard of the host (21|22) s ago");
        assertThat(now.testimonies()).extracting(Testimony::at).containsExactly(whole(last), seen);
        Absence absence = Objects.requireNonNull(now.absence());
        assertThat(absence.since()).isEqualTo(whole(last));
        assertThat(absence.words(web(0), "n1"))
                .isEqualTo("its node n1 has been silent since " + whole(last) + "; it is replaced at "
                        + whole(last).plusSeconds(60) + " (the mesh still hears of the host)");
        assertThat(absence.words(web(300), "n1"))
                .isEqualTo("its node n1 has been silent since " + whole(last) + "; it is replaced at "
                        + whole(last).plusSeconds(300)
                        + " (disconnect.replace_after 5m, the mesh still hears of the host)");
    }

    @Test
    @DisplayName("work on a node that is down is waited for from its last heartbeat on")
    void down() {
        join("key");
        Instant last = whole(loop.now());
        run(20);
        assertThat(node().state()).isEqualTo(NodeState.DOWN);
        assertThat(words(asked())).contains("mesh not: the mesh does not know the host");
        Absence absence = Objects.requireNonNull(asked().absence());
        assertThat(absence.replacedAt(web(60))).isBetween(last.plusSeconds(59), last.plusSeconds(60));
        assertThat(absence.words(web(60), "n1"))
                .contains("silent since ", "it is replaced at ")
                .endsWith(" (disconnect.replace_after 1m)");
    }

    @ParameterizedTest(name = "by {0} min")
    @ValueSource(longs = {60, -60})
    @DisplayName(
            "how long ago it was does not move with a clock that is set, and the time is of the clock as it is now")
    void aClockIsSet(long minutes) {
        join("key");
        run(4);
        loop.setClock(Duration.ofMinutes(minutes));
        assertThat(words(asked())).startsWith("heartbeat alive: heartbeat 4 s ago");
        assertThat(asked().testimonies().get(0).at()).isEqualTo(whole(loop.now().minusMillis(4_020)));
    }

    @Test
    @DisplayName("a server that never heard a node says so, and one that stood still does not call it heard")
    void listens() {
        join("");
        run(0);
        watch.forget("n1");
        assertThat(words(asked())).startsWith("heartbeat not: no heartbeat since this server began to listen 60 s ago");
        watch.heard("n1", loop.elapsed());
        loop.pause();
        run(40);
        loop.resume();
        run(1);
        assertThat(words(asked())).startsWith("heartbeat alive: heartbeat 41 s ago");
    }

    @Test
    @DisplayName("a closed connection is told with its time, until it is open again")
    void connection() {
        join("key");
        run(1);
        watch.connection("n1", false);
        run(4);
        assertThat(words(asked())).contains("connection not: its connection closed 4 s ago");
        watch.connection("n1", true);
        assertThat(words(asked())).doesNotContain("connection");
    }

    private static Instant whole(Instant time) {
        return time.minusNanos(time.getNano());
    }

    /** @param ahead minutes by which the clock of who stamps is ahead of the server's, all the time */
    @ParameterizedTest
    @ValueSource(longs = {0, 27})
    @DisplayName(
            "a mesh that tells what it wrote down when the clock was ahead has heard of nobody; one whose clock always is has")
    void wroteDownByAnotherClock(long ahead) {
        Duration always = Duration.ofMinutes(ahead);
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", loop.now().plus(always))));
        run(60);
        join("key");
        run(9);
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        discovery.setPeers(List.of(new Peer("key", "n1", "10.54.0.1", loop.now().plus(Duration.ofMinutes(28)))));
        run(9);
        assertThat(node().state()).isEqualTo(ahead == 0 ? NodeState.DOWN : NodeState.SUSPECT);
    }

    @Test
    @DisplayName("what the mesh heard just before the clock was set back is believed")
    void heardBeforeTheClockWasSetBack() {
        meshHears();
        run(60);
        join("key");
        run(9);
        meshHears();
        loop.setClock(Duration.ofHours(-1));
        run(9);
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
    }
}
