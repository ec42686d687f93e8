package io.knit.core.server.alive;

import io.knit.api.ServerTiming;
import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.Unsteady;
import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.Pulse;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges nodes that are silent: suspect, then down. Witnesses are the heartbeat, the transport's view of the agent's connection, and the
 * mesh: a host that it still hears of is alive, so only the agent is dead and its containers probably live. Loop-bound.
 */
public final class NodeWatch {
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    /** A node of which something waits to be heard is looked at again when that was heard. */
    private static final Duration SOON = Duration.ofMillis(50);

    private static final Duration LAST_LOOK = Duration.ofSeconds(1);

    private static final String DEADLINE = "nodes";

    private final Loop loop;
    private final ServerTiming timing;
    private final StateWriter writer;
    private final MeshWatch mesh;
    private final Heard heard;
    private final Agenda agenda;
    private final Pulse pulse;
    private final Predicate<String> isWaiting;
    /** Its last answer is there before a node is judged down. */
    private final Duration justBefore;

    private Duration lastStandstill;
    private boolean deciding;
    private boolean closed;

    /**
     * @param isWaiting whether something that a node said has come and was not heard yet
     */
    public NodeWatch(
            Loop loop,
            Agenda agenda,
            Pulse pulse,
            ServerTiming timing,
            StateWriter writer,
            MeshWatch mesh,
            Predicate<String> isWaiting) {
        this.loop = loop;
        this.agenda = agenda;
        this.pulse = pulse;
        this.isWaiting = isWaiting;
        this.lastStandstill = pulse.lastStandstill();
        this.timing = timing;
        Duration half = timing.downAfter().minus(timing.suspectAfter()).dividedBy(2);
        this.justBefore = half.compareTo(LAST_LOOK) < 0 ? half : LAST_LOOK;
        this.writer = writer;
        this.mesh = mesh;
        // a server that was away has no witness yet
        this.heard = new Heard(loop.elapsed());
    }

    /** Those by whom it judges, to be asked by who reads. */
    public Witnesses witnesses() {
        return new Witnesses(loop, timing, writer::served, heard, mesh);
    }

    /** Who listened for a shorter time judges nobody. */
    private Duration judgesFrom() {
        return heard.listening().plus(timing.downAfter());
    }

    public void start() {
        mesh.onAnswer(this::look);
        armToAsk(judgesFrom());
        listenAgain();
    }

    /** Whose work is not replaced yet has one whole interval to be heard by a server that did not listen for a while. */
    private void listenAgain() {
        List<Node> down = writer.committed().nodes().values().stream()
                .filter(NodeWatch::isWaitedFor)
                .toList();
        if (!down.isEmpty()) {
            writer.submit(tip -> new Decision<>(
                    down.stream()
                            .map(node -> tip.node(node.id()))
                            .filter(node -> node != null && isWaitedFor(node))
                            .<Change>map(this::heardLater)
                            .toList(),
                    true));
        }
    }

    private static boolean isWaitedFor(Node node) {
        return node.state() == NodeState.DOWN && node.judgement().silentSince() != null;
    }

    private Change heardLater(Node node) {
        NodeJudgement judgement = node.judgement();
        Instant since = Objects.requireNonNull(judgement.silentSince());
        return new Change.PutJudgement(node.id(), judgement.silentSince(since.plus(timing.downAfter())));
    }

    public void close() {
        closed = true;
        agenda.cancel(DEADLINE);
    }

    /** @param at when a heartbeat came, by the loop's {@code elapsed}: on a busy loop well before it is heard */
    public void heard(String node, Duration at) {
        noticeAbsence();
        heard.heartbeat(node, at);
        arm(at.plus(timing.suspectAfter()));
    }

    /** @param ahead how far the clock of a node's agent is ahead of this one's */
    public void clock(String node, Duration ahead) {
        heard.clock(node, ahead);
    }

    /** The transport saw a connection of this node begin or end. */
    public void connection(String node, boolean open) {
        if (open) {
            heard.opened(node);
        } else if (writer.committed().node(node) != null) {
            Duration now = noticeAbsence();
            heard.closed(node, now);
            arm(now.plus(timing.connectionLostAfter()));
        }
    }

    /** The node is forgotten. */
    public void forget(String node) {
        heard.forget(node);
    }

    /** Looks at all nodes, and again at the first moment at which one of them may have to be judged. */
    private void look() {
        if (closed || deciding) {
            return;
        }
        Duration now = noticeAbsence();
        agenda.cancel(DEADLINE);
        askForWhoIsNearlyDown(now);
        boolean changes = writer.committed().nodes().values().stream()
                .anyMatch(node -> !judge(node, now, writer.served()).equals(node));
        if (!changes) {
            nextDeadline(now).ifPresent(this::lookAt);
            return;
        }
        deciding = true;
        writer.submitFirst(tip -> decide(tip, now)).onComplete(stored -> {
            deciding = false;
            if (stored.succeeded()) {
                look();
            } else {
                arm(loop.elapsed().plus(AFTER_FAILURE));
            }
        });
        mesh.lookSoon();
    }

    private void arm(Duration moment) {
        lookAt(notBeforeItJudges(moment));
    }

    private void lookAt(Duration moment) {
        if (!closed) {
            agenda.atLatest(DEADLINE, moment, this::look);
        }
    }

    /** The mesh is asked once more just before a node may be judged down: what it said when the node became suspect is old by then. */
    private void armToAsk(Duration judged) {
        lookAt(judged.minus(justBefore));
    }

    private void askForWhoIsNearlyDown(Duration now) {
        writer.committed().nodes().values().stream()
                .filter(node -> node.state() != NodeState.DOWN && node.meshKey() != null)
                .map(node -> asksAt(node.id()))
                .filter(moment ->
                        moment.compareTo(now) <= 0 && moment.plus(justBefore).compareTo(now) > 0)
                .max(Comparator.naturalOrder())
                .ifPresent(mesh::lookSince);
    }

    private Duration asksAt(String node) {
        return heard.silent(node).plus(timing.downAfter()).minus(justBefore);
    }

    private Duration notBeforeItJudges(Duration moment) {
        Duration first = judgesFrom();
        return moment.compareTo(first) < 0 ? first : moment;
    }

    /** The first moment after now at which the judgement of a node may change by time alone; empty: there is none. */
    private Optional<Duration> nextDeadline(Duration now) {
        List<Node> up = writer.committed().nodes().values().stream()
                .filter(node -> node.state() != NodeState.DOWN)
                .toList();
        return Stream.concat(
                        up.stream().flatMap(this::deadlines).map(this::notBeforeItJudges),
                        up.stream().map(node -> asksAt(node.id())))
                .filter(moment -> moment.compareTo(now) > 0)
                .min(Comparator.naturalOrder());
    }

    private Stream<Duration> deadlines(Node node) {
        if (isWaiting.test(node.id())) {
            return Stream.of(loop.elapsed().plus(SOON));
        }
        Duration last = heard.silent(node.id());
        Duration closedAt = heard.closed(node.id());
        Unsteady unsteady = node.judgement().unsteady();
        Stream<Duration> release = unsteady == null || unsteady.heldUntil() == null
                ? Stream.of()
                : Stream.of(loop.elapsed().plus(Duration.between(writer.served(), unsteady.heldUntil())));
        Stream<Duration> bySilence = Stream.of(
                last.plus(timing.suspectAfter()), last.plus(timing.downAfter()), last.plus(timing.downThoughAlive()));
        Stream<Duration> byTime = Stream.concat(bySilence, release);
        return closedAt == null
                ? byTime
                : Stream.concat(byTime, Stream.of(closedAt.plus(timing.connectionLostAfter())));
    }

    /** A server that stood still has heard nobody meanwhile: it begins to listen anew. One that is busy hears them late, but it does. */
    private Duration noticeAbsence() {
        Duration now = loop.elapsed();
        Duration standstill = pulse.lastStandstill();
        if (standstill.compareTo(lastStandstill) > 0) {
            lastStandstill = standstill;
            heard.listenAnew(now);
            armToAsk(judgesFrom());
            listenAgain();
        }
        return now;
    }

    private Decision<Boolean> decide(ClusterState tip, Duration now) {
        List<Change> changes = new ArrayList<>();
        for (Node node : tip.nodes().values()) {
            Node next = judge(node, now, tip.served());
            if (!next.equals(node)) {
                changes.add(new Change.PutJudgement(node.id(), next.judgement()));
            }
        }
        return new Decision<>(changes, true);
    }

    private Node judge(Node node, Duration now, Instant served) {
        if (node.state() == NodeState.DOWN || now.compareTo(judgesFrom()) < 0 || isWaiting.test(node.id())) {
            return node;
        }
        Duration last = heard.silent(node.id());
        Duration silent = now.minus(last);
        if (silent.compareTo(timing.downAfter()) >= 0) {
            return isAliveOnMesh(node, silent) ? aliveButSilent(node) : down(node, silent, served);
        }
        // a suspect node keeps its first reason: the same suspicion is no news
        return node.state() == NodeState.SUSPECT
                ? node
                : suspicion(node, silent, now).map(it -> suspect(node, it)).orElseGet(() -> released(node, served));
    }

    /** Takes work again if it was held for as long as it had to stay up. */
    private Node released(Node node, Instant served) {
        NodeJudgement judgement = node.judgement();
        Unsteady unsteady = judgement.unsteady();
        Instant until = unsteady == null ? null : unsteady.heldUntil();
        return unsteady == null || until == null || served.isBefore(until)
                ? node
                : node.with(new NodeJudgement(
                        judgement.state(), "", judgement.since(), judgement.witnesses(), unsteady.released()));
    }

    /** A reason to be suspicious, and who gives it. */
    private record Suspicion(String words, Witness witness) {}

    private Optional<Suspicion> suspicion(Node node, Duration silent, Duration now) {
        if (silent.compareTo(timing.suspectAfter()) >= 0) {
            return Optional.of(
                    new Suspicion("no heartbeat for " + timing.suspectAfter().toSeconds() + " s", Witness.HEARTBEAT));
        }
        @Nullable Duration closedAt = heard.closed(node.id());
        boolean lost = closedAt != null && now.minus(closedAt).compareTo(timing.connectionLostAfter()) >= 0;
        return lost ? Optional.of(new Suspicion("its connection is closed", Witness.CONNECTION)) : Optional.empty();
    }

    private Node suspect(Node node, Suspicion why) {
        return node.judged(NodeState.SUSPECT, why.words(), List.of(why.witness()), loop.now());
    }

    private boolean isAliveOnMesh(Node node, Duration silent) {
        if (node.meshKey() == null || silent.compareTo(timing.downThoughAlive()) >= 0) {
            return false;
        }
        Duration after = loop.elapsed().minus(silent).plus(timing.connectionLostAfter());
        return mesh.heardOf(node.meshKey())
                .filter(moment -> moment.compareTo(after) > 0)
                .isPresent();
    }

    private Node aliveButSilent(Node node) {
        return node.judged(
                NodeState.SUSPECT,
                "its agent is silent, but the mesh still hears of the host: its containers probably run; its work is replaced after "
                        + timing.downThoughAlive().toSeconds() + " s of silence",
                List.of(Witness.HEARTBEAT, Witness.MESH),
                loop.now());
    }

    private Node down(Node node, Duration silent, Instant served) {
        Node judged = node.judged(
                NodeState.DOWN,
                "no heartbeat for " + silent.toSeconds() + " s",
                List.of(Witness.HEARTBEAT),
                loop.now());
        return judged.with(judged.judgement().silentSince(served.minus(silent)));
    }
}
