package io.knit.core.server.intake;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.spi.Loop;
import io.knit.api.spi.TransportMessage;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.StateWriter;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes heartbeats: a node becomes known, or ready again, and learns whether its assignments are the newest. Most heartbeats
 * change nothing and cost no commit. Loop-bound.
 */
public final class HeartbeatIntake {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatIntake.class);
    /** Enough to keep other text out; the engine has the last word on an address. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private static final int LONGEST_TEXT = 1_000;
    private static final int MOST_LABELS = 100;
    /** Centuries of commits, and far from the end of the numbers: what is further ahead is nonsense. */
    private static final long MOST_AHEAD = 1L << 40;

    private final Loop loop;
    private final StateWriter writer;
    private final NodeGate gate;
    private final NodeWatch watch;
    private final AssignmentBook book;
    private final Inbox inbox;
    private final Map<String, Long> sessions = new HashMap<>();
    /** Of this start of the server. */
    private final long session;

    /** How often a node came back after it was down: it is asked by another session of the server to say again what it runs. */
    private final Map<String, Long> returns = new HashMap<>();

    public HeartbeatIntake(
            Loop loop, StateWriter writer, NodeGate gate, NodeWatch watch, AssignmentBook book, Inbox inbox) {
        this.loop = loop;
        this.writer = writer;
        this.gate = gate;
        this.watch = watch;
        this.book = book;
        this.inbox = inbox;
        this.session = loop.now().toEpochMilli();
    }

    /** @param speaker the node on whose subject it came */
    public void take(String speaker, TransportMessage message) {
        Heartbeat beat = inbox.read(message, Heartbeat.class);
        ClusterState state = writer.committed();
        if (beat == null || !isSound(beat) || !beat.node().equals(speaker) || !gate.isLetIn(state, speaker)) {
            inbox.drop();
            return;
        }
        HeartbeatReply refusal = refusal(state, beat);
        if (refusal != null) {
            message.reply(WireCodec.encode(refusal));
            return;
        }
        sessions.put(beat.node(), beat.session());
        watch.heard(beat.node());
        Node known = state.node(beat.node());
        if (known != null && known.equals(ready(beat, known, gate.keyOf(state, speaker), loop.now()))) {
            welcome(message, beat);
            return;
        }
        writer.<Boolean>submit(tip -> {
                    HeartbeatReply late = refusal(tip, beat);
                    if (late != null) {
                        message.reply(WireCodec.encode(late));
                        return Decision.nothing(false);
                    }
                    Node before = tip.node(beat.node());
                    if (before != null && before.state() == NodeState.DOWN) {
                        returns.merge(before.id(), 1L, Long::sum);
                    }
                    Node node = ready(beat, before, gate.keyOf(tip, speaker), loop.now());
                    return new Decision<>(List.of(new Change.PutNode(node)), true);
                })
                .onSuccess(accepted -> {
                    if (accepted) {
                        welcome(message, beat);
                    }
                });
        // a failed commit is not answered: the agent's next heartbeat tries again
    }

    /** The node is forgotten: an agent with an older session may come back. */
    public void forget(String node) {
        sessions.remove(node);
        returns.remove(node);
    }

    private static boolean isSound(Heartbeat beat) {
        return beat.v() == WireCodec.VERSION
                && NodeId.isValid(beat.node())
                && isShort(beat.identity())
                && isShort(beat.hostname())
                && isShort(beat.engineVersion())
                && isShort(beat.agentVersion())
                && isShort(beat.condition())
                && (beat.meshIp() == null || ADDRESS.matcher(beat.meshIp()).matches())
                && (beat.meshKey() == null || isShort(beat.meshKey()))
                && beat.assignmentsDigest() != null
                && beat.labels() != null
                && beat.labels().size() <= MOST_LABELS
                && beat.labels().entrySet().stream().allMatch(e -> isShort(e.getKey()) && isShort(e.getValue()));
    }

    private static boolean isShort(@Nullable String text) {
        return text != null && text.length() <= LONGEST_TEXT;
    }

    private @Nullable HeartbeatReply refusal(ClusterState state, Heartbeat beat) {
        if (beat.cluster() != null && !beat.cluster().equals(state.cluster())) {
            return HeartbeatReply.refused(
                    state.cluster(),
                    ErrorCode.WRONG_CLUSTER.wireName(),
                    "this agent belongs to cluster " + beat.cluster() + ", and this server's is " + state.cluster()
                            + "; to move it, stop it, remove its containers and its data folder, and start it again");
        }
        Node known = state.node(beat.node());
        if (known == null) {
            return null;
        }
        if (!known.identity().equals(beat.identity()) && known.state() != NodeState.DOWN) {
            return taken(
                    state,
                    "another agent with the node id " + beat.node() + " is connected, from host " + known.hostname()
                            + "; give this one another id with --node-id");
        }
        Long newest = sessions.get(beat.node());
        boolean older = newest != null && beat.session() < newest;
        if (known.identity().equals(beat.identity()) && older) {
            return taken(
                    state,
                    "a newer agent with the same data folder's identity runs as " + beat.node()
                            + "; if the folder was copied to another host, remove the copy");
        }
        return null;
    }

    private static HeartbeatReply taken(ClusterState state, String message) {
        return HeartbeatReply.refused(state.cluster(), ErrorCode.NODE_ID_TAKEN.wireName(), message);
    }

    private static Node ready(Heartbeat beat, @Nullable Node known, @Nullable String key, Instant now) {
        return new Node(
                beat.node(),
                beat.identity(),
                key,
                beat.hostname(),
                NodeState.READY,
                beat.labels(),
                new Capacity(beat.cpus(), beat.memoryBytes()),
                beat.engineVersion(),
                beat.agentVersion(),
                beat.meshIp(),
                beat.meshKey(),
                beat.condition(),
                "",
                known != null && known.state() == NodeState.READY ? known.changedAt() : now);
    }

    /**
     * An agent never holds a set of a revision that this server's state has not reached, unless the state was restored from a
     * backup: then it goes on above the agent's, which would else take all it is given for old.
     */
    private void welcome(TransportMessage message, Heartbeat beat) {
        long revision = writer.committed().revision();
        long told = beat.assignmentsRevision();
        if (told <= revision || told - revision > MOST_AHEAD) {
            answer(message, beat);
            return;
        }
        LOG.warn(
                "node {} knows revision {} and this server's state is at {}: it was restored from a backup, and the nodes follow it",
                beat.node(),
                told,
                revision);
        writer.submit(tip -> new Decision<>(List.of(new Change.RaiseRevision(told)), true))
                .onSuccess(raised -> answer(message, beat));
    }

    private void answer(TransportMessage message, Heartbeat beat) {
        ClusterState state = writer.committed();
        boolean same = Objects.equals(beat.assignmentsDigest(), book.digest(state, beat.node()))
                && beat.assignmentsRevision() > 0;
        HeartbeatReply reply = HeartbeatReply.welcome(state.cluster(), !same, state.revision());
        message.reply(WireCodec.encode(reply.bySession(session + returns.getOrDefault(beat.node(), 0L))));
    }
}
