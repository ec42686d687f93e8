package io.knit.core.server.intake;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Peer;
import io.knit.api.model.Unsteady;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.alive.Flapping;
import io.knit.core.server.alive.MeshWatch;
import io.knit.core.server.alive.NodeWatch;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.dispatch.NamesDesk;
import io.knit.core.server.join.CopiedFolders;
import io.knit.core.server.join.FactLimits;
import io.knit.core.server.join.ForeignAgents;
import io.knit.core.server.join.MeshClaims;
import io.knit.core.server.join.NodeGate;
import io.knit.core.server.join.RefusedAgents;
import io.knit.core.server.join.SubnetClaims;
import io.knit.core.server.state.Allowance;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.WireCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes heartbeats: a node becomes known, or ready again, and learns whether its assignments are the newest. Most heartbeats
 * change nothing and cost no commit. Loop-bound.
 */
public final class HeartbeatIntake {
    private static final int LONGEST_NAME = 100;

    private final Loop loop;
    private final StateWriter writer;
    private final NodeGate gate;
    private final NodeWatch watch;
    private final MeshWatch mesh;
    private final AssignmentBook book;
    private final NamesDesk names;
    private final Inbox inbox;
    private final FactLimits limits;
    private final RepeatedBeats repeated = new RepeatedBeats();
    private final OutOfStep steps = new OutOfStep();
    private final ForeignAgents foreign;
    private final RefusedAgents refused;
    private final UnreadAgents unread;
    private final CopiedFolders copies;
    /** So often a node may change what it tells of itself; what it says in between is taken with what it says next. */
    private final Allowance changes = new Allowance(20, Duration.ofSeconds(3));

    /** How often a node came back after it was down: it is asked by another session of the server to say again what it runs. */
    private final Map<String, Long> returns = new HashMap<>();

    public HeartbeatIntake(
            Loop loop,
            Agenda agenda,
            StateWriter writer,
            NodeGate gate,
            NodeWatch watch,
            MeshWatch mesh,
            AssignmentBook book,
            NamesDesk names,
            Inbox inbox) {
        this.loop = loop;
        this.writer = writer;
        this.gate = gate;
        this.watch = watch;
        this.mesh = mesh;
        this.book = book;
        this.names = names;
        this.inbox = inbox;
        this.foreign = new ForeignAgents(loop, agenda);
        this.refused = new RefusedAgents(loop, agenda, "refused heartbeats", writer);
        this.unread = new UnreadAgents(loop, writer, watch, foreign, Speaks.OURS);
        this.copies = new CopiedFolders(loop, refused);
        this.limits = new FactLimits(writer.committed());
    }

    /**
     * @param speaker the node on whose subject it came
     * @param at when it came, by the loop's {@code elapsed}
     */
    public void take(String speaker, TransportMessage message, Duration at) {
        Heartbeat same = repeated.same(speaker, message.payload());
        Heartbeat read = same == null ? inbox.read(message, Heartbeat.class) : same;
        ClusterState state = writer.committed();
        if (read == null || !HeartbeatRules.isSound(read)) {
            unread(state, speaker, message, at);
            return;
        }
        if (!read.node().equals(speaker) || !gate.isLetIn(state, speaker)) {
            inbox.drop();
            return;
        }
        Heartbeat beat = same == null ? FactLimits.tidy(read) : same;
        if (beat.cluster() != null && !beat.cluster().equals(state.cluster())) {
            foreign(state, message, beat.head(), beat.can(Features.WAIT));
            return;
        }
        if (refuses(state, message, beat)) {
            return;
        }
        watch.heard(beat.node(), at);
        HeartbeatRules.clockAhead(beat, loop.now().minus(loop.elapsed().minus(at)))
                .ifPresent(ahead -> watch.clock(beat.node(), ahead));
        takePrepared(beat);
        takeVolumes(beat);
        Optional<String> stuck = stuck(state, beat);
        Taken taken = take(state, beat, stuck);
        if (state.node(beat.node()) != null) {
            repeated.heard(message.payload(), beat);
        }
        if (taken.node().equals(state.node(beat.node())) || isChatter(state, beat)) {
            welcome(message, beat, taken);
            return;
        }
        if (writer.isCrowded()) {
            // it was heard; what is new in it is taken with the next
            return;
        }
        writer.<Optional<Taken>>submit(tip -> {
                    if (refuses(tip, message, beat)) {
                        return Decision.<Optional<Taken>>nothing(Optional.empty());
                    }
                    Node before = tip.node(beat.node());
                    if (before != null && before.state() == NodeState.DOWN) {
                        returns.merge(before.id(), 1L, Long::sum);
                    }
                    Taken now = take(tip, beat, stuck);
                    return new Decision<>(Change.between(before, now.node()), Optional.of(now));
                })
                .onSuccess(accepted -> accepted.ifPresent(made -> welcome(message, beat, made)));
        // a failed commit is not answered: the agent's next heartbeat tries again
    }

    /** What is not even a heartbeat's head, or not that of the node it is for, is nobody's. */
    private void unread(ClusterState state, String speaker, TransportMessage message, Duration at) {
        HeartbeatHead head = inbox.read(message, HeartbeatHead.class);
        Node known = state.node(speaker);
        if (head == null
                || !speaker.equals(head.node())
                || !HeartbeatRules.isSound(head)
                || !gate.isLetIn(state, speaker)
                || (known != null && !known.identity().equals(head.identity()))) {
            inbox.drop();
        } else if (head.cluster() != null && !head.cluster().equals(state.cluster())) {
            foreign(state, message, head, true);
        } else {
            unread.take(speaker, head, message, at);
        }
    }

    /** Whether a ready node changed its words once more than is its due. */
    private boolean isChatter(ClusterState state, Heartbeat beat) {
        Node known = state.node(beat.node());
        return known != null
                && known.state() == NodeState.READY
                && known.identity().equals(beat.identity())
                && changes.take(beat.node(), loop.elapsed()) < 0;
    }

    /**
     * What a heartbeat makes of its node.
     *
     * @param notice what of it is not taken; empty: all is
     */
    private record Taken(Node node, String notice) {}

    private Taken take(ClusterState state, Heartbeat beat, Optional<String> stuck) {
        Node known = state.node(beat.node());
        Optional<Peer> owner = mesh.owner(beat.meshIp());
        String key = gate.keyOf(state, beat.node());
        if (known != null
                && stuck.isEmpty()
                && Objects.equals(key, known.key())
                && repeated.changesNothing(beat, known, owner)) {
            return new Taken(known, "");
        }
        Optional<String> notIts = MeshClaims.refusal(state, owner, beat);
        SubnetClaims subnets = SubnetClaims.of(state, owner, beat);
        NodeFacts told = new NodeFacts(
                beat.hostname(),
                beat.labels(),
                HeartbeatRules.capacity(beat),
                beat.engineVersion(),
                beat.agentVersion(),
                notIts.isPresent() ? null : beat.meshIp(),
                notIts.isPresent() ? null : beat.meshKey(),
                beat.condition(),
                HeartbeatRules.features(beat),
                HeartbeatRules.word(beat.os()),
                HeartbeatRules.word(beat.arch()),
                HeartbeatRules.reserve(beat),
                HeartbeatRules.allows(beat),
                beat.namesFault() == null ? "" : beat.namesFault(),
                notIts.isPresent() ? List.of() : subnets.taken(),
                subnets.fault());
        Optional<String> tooMuch = limits.refusal(beat.node(), told);
        String notice =
                Stream.of(tooMuch, notIts, stuck).flatMap(Optional::stream).collect(Collectors.joining("; "));
        NodeFacts kept = known == null ? NodeFacts.NONE : known.facts();
        NodeFacts facts = saying(
                told,
                tooMuch.isPresent() ? kept.labels() : told.labels(),
                tooMuch.isPresent() ? kept.allows() : told.allows(),
                notice.isEmpty() || told.condition().isEmpty()
                        ? notice + told.condition()
                        : notice + "; " + told.condition());
        Node node = new Node(
                beat.node(),
                beat.identity(),
                key,
                known == null ? NodeWish.NONE : known.wish(),
                facts,
                heard(known, state.served()));
        if (known != null && notice.isEmpty() && subnets.fault().isEmpty() && node.equals(known)) {
            repeated.changedNothing(beat, known, owner);
        }
        return new Taken(node, notice);
    }

    private static NodeFacts saying(NodeFacts told, Map<String, String> labels, List<String> allows, String condition) {
        return new NodeFacts(
                told.hostname(),
                labels,
                told.capacity(),
                told.engineVersion(),
                told.agentVersion(),
                told.meshIp(),
                told.meshKey(),
                condition,
                told.features(),
                told.os(),
                told.arch(),
                told.reserve(),
                allows,
                told.namesFault(),
                told.containerSubnets(),
                told.routesFault());
    }

    /** What is thought of a node whose agent was just heard. */
    private NodeJudgement heard(@Nullable Node known, Instant served) {
        Unsteady unsteady = Flapping.heard(known, served);
        boolean ready = known != null && known.state() == NodeState.READY;
        return new NodeJudgement(
                NodeState.READY,
                Flapping.words(unsteady),
                ready && known != null ? known.changedAt() : loop.now(),
                List.of(NodeJudgement.Witness.HEARTBEAT),
                unsteady);
    }

    private Optional<String> stuck(ClusterState state, Heartbeat beat) {
        Node known = state.node(beat.node());
        if (known == null || known.state() != NodeState.READY) {
            // who was silent was told of nothing meanwhile
            steps.forget(beat.node());
        }
        boolean same = beat.assignmentsDigest().equals(book.digest(state, beat.node()));
        return steps.look(beat.node(), beat.assignmentsDigest(), same, isAhead(state, beat), loop.elapsed());
    }

    /** Whether it names a number that this start of the server can't have given. No number from outside is taken for the server's own. */
    private boolean isAhead(ClusterState state, Heartbeat beat) {
        return beat.assignmentsRevision() > book.numbers().of(state);
    }

    private void takePrepared(Heartbeat beat) {
        if (!PreparedIntake.decide(writer.committed(), beat.node(), beat.prepared())
                .isEmpty()) {
            // one that is not stored is said again
            writer.submit(tip -> new Decision<>(PreparedIntake.decide(tip, beat.node(), beat.prepared()), true));
        }
    }

    private void takeVolumes(Heartbeat beat) {
        if (!VolumeIntake.decide(writer.committed(), beat.node(), beat.volumesGone())
                .isEmpty()) {
            // one that is not stored is said again
            writer.submit(tip -> new Decision<>(VolumeIntake.decide(tip, beat.node(), beat.volumesGone()), true));
        }
    }

    /** The node is forgotten: an agent with an older session may come back. */
    public void forget(String node) {
        copies.forget(node);
        returns.remove(node);
        steps.forget(node);
        repeated.forget(node);
        changes.forget(node);
    }

    /** To be called after each commit. */
    public void committed(Commit commit) {
        limits.committed(commit);
    }

    /** An agent of an older release would end for the answer, and so is not answered: it goes on to ask. */
    private void foreign(ClusterState state, TransportMessage message, HeartbeatHead head, boolean waits) {
        String node = String.valueOf(head.node());
        String words = "its agent belongs to cluster " + PlainText.of(String.valueOf(head.cluster()), LONGEST_NAME)
                + ", and this server's is " + state.cluster()
                + ". If the server was started with the wrong data or database, start it with the right one: the agent waits."
                + " To move the agent here, stop it, remove its containers and its data folder, and start it again";
        foreign.heard(node, head, words);
        refused.tell(node, "agents of other clusters", node + " is not taken in: " + words);
        if (waits) {
            message.reply(WireCodec.encode(
                    HeartbeatReply.refused(state.cluster(), ErrorCode.WRONG_CLUSTER.wireName(), words)));
        }
    }

    /** Agents of other clusters that speak here, as nodes that are discovered only. Any thread. */
    public List<Node> foreign() {
        return foreign.nodes();
    }

    public void close() {
        foreign.close();
    }

    /** Answers an agent that can't be the node that it says, if it can be answered now; says whether it is one. */
    private boolean refuses(ClusterState state, TransportMessage message, Heartbeat beat) {
        Node known = state.node(beat.node());
        if (known == null) {
            return beat.removed() != null;
        }
        if (known.identity().equals(beat.identity())) {
            // a last word is nobody's heartbeat, also where a server that was started since knows of no
            // newer agent
            boolean older = copies.isOlder(beat) || beat.removed() != null;
            if (older) {
                copies.answer(state.cluster(), known, beat)
                        .ifPresent(refusal -> message.reply(WireCodec.encode(refusal)));
            }
            return older;
        }
        if (known.state() == NodeState.DOWN) {
            return false;
        }
        String words = "another agent with the node id " + beat.node() + " is connected, from host " + known.hostname()
                + "; give this one another id with --node-id";
        message.reply(
                WireCodec.encode(HeartbeatReply.refused(state.cluster(), ErrorCode.NODE_ID_TAKEN.wireName(), words)));
        return true;
    }

    /** It is accepted. */
    private void welcome(TransportMessage message, Heartbeat beat, Taken taken) {
        copies.taken(beat);
        ClusterState state = writer.committed();
        boolean same = beat.assignmentsDigest().equals(book.digest(state, beat.node()))
                && beat.assignmentsRevision() > 0
                && !isAhead(state, beat);
        HeartbeatReply reply =
                HeartbeatReply.welcome(state.cluster(), !same, book.numbers().of(state));
        @Nullable String notice = taken.notice().isEmpty() ? null : taken.notice();
        HeartbeatReply whole = reply.gone(
                        HeartbeatRules.gone(beat, state.deployments().keySet()))
                .named(beat.can(Features.NAMES) ? names.digest() : null);
        message.reply(repeated.encode(whole.bySession(session(beat.node())).noting(notice)));
    }

    private long session(String node) {
        return book.numbers().session() + returns.getOrDefault(node, 0L);
    }
}
