package io.knit.core.server.intake;

import io.knit.api.ServerTiming;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.api.spi.Loop;
import io.knit.core.server.discovery.MeshWatch;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.StateWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges nodes that are silent: suspect, then down. Witnesses are the heartbeat, the transport's view of the agent's connection, and the
 * mesh: a host that it still hears of is alive, so only the agent is dead and its containers probably live. Loop-bound.
 */
public final class NodeWatch {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Loop loop;
    private final ServerTiming timing;
    private final StateWriter writer;
    private final MeshWatch mesh;
    private final Map<String, Instant> heard = new HashMap<>();
    private final Map<String, Instant> disconnected = new HashMap<>();
    private Instant judgesFrom;
    private @Nullable Instant lastLook;
    private boolean closed;

    public NodeWatch(Loop loop, ServerTiming timing, StateWriter writer, MeshWatch mesh) {
        this.loop = loop;
        this.timing = timing;
        this.writer = writer;
        this.mesh = mesh;
        // a server that was away has no witness yet
        this.judgesFrom = loop.now().plus(timing.downAfter());
    }

    public void start() {
        loop.after(timing.downAfter(), this::look);
    }

    public void close() {
        closed = true;
    }

    /** A heartbeat came. */
    public void heard(String node) {
        heard.put(node, loop.now());
        disconnected.remove(node);
    }

    /** The transport saw a connection of this node begin or end. */
    public void connection(String node, boolean open) {
        if (open) {
            disconnected.remove(node);
        } else if (writer.committed().node(node) != null) {
            disconnected.put(node, loop.now());
        }
    }

    /** The node is forgotten. */
    public void forget(String node) {
        heard.remove(node);
        disconnected.remove(node);
    }

    private void look() {
        if (closed) {
            return;
        }
        Instant now = loop.now();
        noticeAbsence(now);
        List<Node> judged = new ArrayList<>();
        for (Node node : writer.committed().nodes().values()) {
            Node next = judge(node, now);
            if (!next.equals(node)) {
                judged.add(next);
            }
        }
        if (!judged.isEmpty()) {
            writer.submit(tip -> decide(tip, now)).onFailure(e -> {
                // the store can't write; looked at again soon
            });
            mesh.lookSoon();
        }
        loop.after(LOOK_AGAIN, this::look);
    }

    /** A server that was paused, or whose clock was set, has heard nobody meanwhile: it begins to listen anew. */
    private void noticeAbsence(Instant now) {
        Duration gap = lastLook == null ? Duration.ZERO : Duration.between(lastLook, now);
        lastLook = now;
        if (gap.isNegative() || gap.compareTo(timing.connectionLostAfter()) > 0) {
            judgesFrom = now.plus(timing.downAfter());
            heard.replaceAll((node, before) -> now);
            disconnected.replaceAll((node, before) -> now);
        }
    }

    private Decision<Boolean> decide(ClusterState tip, Instant now) {
        List<Change> changes = new ArrayList<>();
        for (Node node : tip.nodes().values()) {
            Node next = judge(node, now);
            if (!next.equals(node)) {
                changes.add(new Change.PutNode(next));
            }
        }
        return new Decision<>(changes, true);
    }

    private Node judge(Node node, Instant now) {
        if (node.state() == NodeState.DOWN || now.isBefore(judgesFrom)) {
            return node;
        }
        Instant last = Objects.requireNonNullElse(heard.get(node.id()), judgesFrom.minus(timing.downAfter()));
        Duration silent = Duration.between(last, now);
        if (silent.compareTo(timing.downAfter()) >= 0) {
            return isAliveOnMesh(node, last, silent) ? aliveButSilent(node, now) : down(node, silent, now);
        }
        Optional<String> suspicion = suspicion(node, silent, now);
        return suspicion.isEmpty() ? node : node.in(NodeState.SUSPECT, reasonFor(node, suspicion.get()), now);
    }

    private Optional<String> suspicion(Node node, Duration silent, Instant now) {
        if (silent.compareTo(timing.suspectAfter()) >= 0) {
            return Optional.of("no heartbeat for " + timing.suspectAfter().toSeconds() + " s");
        }
        @Nullable Instant closedAt = disconnected.get(node.id());
        boolean lost = closedAt != null && Duration.between(closedAt, now).compareTo(timing.connectionLostAfter()) >= 0;
        return lost ? Optional.of("its connection is closed") : Optional.empty();
    }

    /** A suspect node keeps its first reason: the same suspicion is no news. */
    private static String reasonFor(Node node, String suspicion) {
        return node.state() == NodeState.SUSPECT ? node.reason() : suspicion;
    }

    private boolean isAliveOnMesh(Node node, Instant lastBeat, Duration silent) {
        if (node.meshKey() == null || silent.compareTo(timing.downAfter().plus(timing.aliveGrace())) >= 0) {
            return false;
        }
        Optional<Peer> peer = mesh.peer(node.meshKey());
        Instant lastSeen = peer.map(Peer::lastSeen).orElse(null);
        return lastSeen != null && lastSeen.isAfter(lastBeat.plus(timing.connectionLostAfter()));
    }

    private Node aliveButSilent(Node node, Instant now) {
        return node.in(
                NodeState.SUSPECT,
                "its agent is silent, but the mesh still hears of the host: its containers probably run; its work is replaced after "
                        + timing.downAfter().plus(timing.aliveGrace()).toSeconds() + " s of silence",
                now);
    }

    private Node down(Node node, Duration silent, Instant now) {
        return node.in(NodeState.DOWN, "no heartbeat for " + silent.toSeconds() + " s", now);
    }
}
