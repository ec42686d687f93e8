package io.knit.core.server.join;

import io.knit.api.model.Node;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.PeerRights;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.Subjects;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which agent is let in as which node. A node belongs to the key of the agent that first spoke for it: its first heartbeat
 * stores the node and the key in one commit. Until then the key is only remembered, so that a stranger who merely connects leaves nothing in the store.
 * One key may speak for several nodes: keys cost nothing, so a rule against it would keep nobody out. Loop-bound.
 */
public final class NodeGate {
    /** Nodes whose agents are connected and have not been heard yet, at most. */
    static final int MOST_UNHEARD = 1_000;
    /** Twice as many as Knit is made for. */
    static final int MOST_NODES = 20_000;
    /** For so long nobody else gets the name of a node that was not heard: what its agent sent may still be on its way. */
    static final Duration RESERVED = Duration.ofSeconds(30);

    /** In place of a stream's id: of whatever its server asks its agent. */
    private static final String ANY_STREAM = "*";

    private final Loop loop;
    private final StateWriter writer;
    private final boolean closed;
    private final RefusedAgents refused;
    /** The key by which each node's agent was let in. */
    private final Map<String, String> keys = new HashMap<>();
    /** Nodes of these keys whose agent is connected. */
    private final Set<String> present = new HashSet<>();
    /** The others, and since when; they stay for {@link #RESERVED}. */
    private final Map<String, Duration> absent = new LinkedHashMap<>();
    /** Nodes that were forgotten while the connection of their agent was there: with its end the name is anybody's. */
    private final Set<String> forgotten = new HashSet<>();
    /** Nodes of these keys that are not in the state yet. */
    private final Set<String> unheard = new HashSet<>();

    private boolean guards;

    /**
     * @param closed whether a node that is not known is let in only if it is invited
     */
    public NodeGate(Loop loop, Agenda agenda, StateWriter writer, boolean closed) {
        this.loop = loop;
        this.writer = writer;
        this.closed = closed;
        this.refused = new RefusedAgents(loop, agenda, "refused at the gate", writer);
    }

    /** From now on nobody is heard who was not let in here. */
    public void guard() {
        guards = true;
    }

    /** The agent's rights, or empty: it is not let in. */
    public Optional<PeerRights> judge(PeerClaim claim) {
        dropAbsent();
        String node = claim.name();
        if (!NodeId.isValid(node)) {
            return Optional.empty();
        }
        Optional<String> refusal = refusal(node, claim, writer.committed());
        if (refusal.isPresent()) {
            refused.tell(
                    node,
                    host(claim.address()),
                    "an agent at " + claim.address() + " was refused as " + node + ": " + refusal.get());
            return Optional.empty();
        }
        if (writer.committed().node(node) == null) {
            unheard.add(node);
        }
        keys.put(node, claim.key());
        if (!present.contains(node)) {
            // its connection may break before the transport tells of it
            leaves(node);
        }
        return Optional.of(rights(node));
    }

    private Optional<String> refusal(String node, PeerClaim claim, ClusterState state) {
        Node known = state.node(node);
        if (known != null && known.key() != null) {
            return known.key().equals(claim.key()) ? Optional.empty() : Optional.of(otherKey(node, claim.key()));
        }
        if (closed && !claim.invited()) {
            return Optional.of("it is not known and has not the join token; start it with the server's --join-token");
        }
        String present = keys.get(node);
        if (present != null && !present.equals(claim.key())) {
            return Optional.of(
                    "another agent took this name a moment ago, or its connection has not ended yet, which is seen within a"
                            + " minute; if both are there, give one of them another --node-id");
        }
        if (known == null && !unheard.contains(node) && unheard.size() >= MOST_UNHEARD) {
            return Optional.of("the agents of " + MOST_UNHEARD
                    + " other new nodes are connected and say nothing; --join-token keeps strangers out");
        }
        if (known == null && state.nodes().size() >= MOST_NODES) {
            return Optional.of("there are " + MOST_NODES + " nodes, and a server takes no more; forget those that are"
                    + " down with DELETE /nodes/{id}");
        }
        return Optional.empty();
    }

    /** Ports are many. */
    private static String host(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private static String otherKey(String node, String key) {
        return "its key " + key + " is not the one that " + node + " is known by. If the host of " + node
                + " or its agent's data folder was made anew, forget the old one when it is down: DELETE /nodes/" + node
                + ". If not, somebody else uses the name";
    }

    private static PeerRights rights(String node) {
        return new PeerRights(
                List.of(
                        Subjects.heartbeat(node),
                        Subjects.assignments(node),
                        Subjects.names(node),
                        Subjects.status(node),
                        Subjects.streamUp(node, ANY_STREAM)),
                List.of(
                        Subjects.deployTo(node),
                        Subjects.DEPLOY_BROADCAST,
                        Subjects.UNDEPLOY_BROADCAST,
                        Subjects.NAMES_BROADCAST,
                        Subjects.streamDown(node, ANY_STREAM)));
    }

    /** The transport saw an agent's first connection begin or its last one end. */
    public void connection(String node, boolean open) {
        if (!keys.containsKey(node)) {
            return;
        }
        if (open) {
            present.add(node);
            absent.remove(node);
        } else {
            present.remove(node);
            if (forgotten.remove(node)) {
                keys.remove(node);
            } else {
                leaves(node);
            }
        }
    }

    private void leaves(String node) {
        absent.remove(node);
        absent.put(node, loop.elapsed());
    }

    /** To be called after each commit. */
    public void committed(Commit commit) {
        for (Change change : commit.changes()) {
            if (change instanceof Change.PutNode put) {
                unheard.remove(put.node().id());
                forgotten.remove(put.node().id());
            } else if (change instanceof Change.RemoveNode remove) {
                if (absent.remove(remove.id()) != null) {
                    keys.remove(remove.id());
                } else if (keys.containsKey(remove.id())) {
                    forgotten.add(remove.id());
                }
            }
        }
    }

    /** Whether what comes from this node may be heard: its agent was let in, or nobody guards here. */
    public boolean isLetIn(ClusterState state, String node) {
        return !guards || keyOf(state, node) != null;
    }

    /** The key to store with the node: the known one, else the one its agent was let in with; null where nobody guards. */
    @Nullable
    public String keyOf(ClusterState state, String node) {
        Node known = state.node(node);
        return known != null && known.key() != null ? known.key() : keys.get(node);
    }

    // the one that is away for longest comes first
    private void dropAbsent() {
        Duration longAgo = loop.elapsed().minus(RESERVED);
        Iterator<Map.Entry<String, Duration>> oldest = absent.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Duration> next = oldest.next();
            if (next.getValue().compareTo(longAgo) > 0) {
                return;
            }
            oldest.remove();
            keys.remove(next.getKey());
            unheard.remove(next.getKey());
        }
    }
}
