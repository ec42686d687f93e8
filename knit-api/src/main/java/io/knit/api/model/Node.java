package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host with an agent.
 *
 * @param id unique in the cluster; a DNS label
 * @param identity random word the agent made at its first start; tells a restarted agent from a second one. Never shown.
 * @param key public key that its agent proved to have when it was first heard of, or null: its transport proves none. Nobody with another key
 *     is taken for this node.
 * @param hostname the host's name as the agent sees it
 * @param labels for selectors
 * @param engineVersion version of the container engine; empty if it has not answered yet
 * @param meshIp its wg-mesh address, or null: it is on no mesh
 * @param meshKey its wg-mesh public key, or null
 * @param condition what keeps it from taking work though its agent is there (the engine does not answer); empty if nothing does
 * @param reason why it is in this state; empty if there is nothing to say
 * @param changedAt when {@code state} last changed
 * @param features what its agent can do that not every agent can, in the protocol's words; empty: nothing
 */
public record Node(
        String id,
        String identity,
        @Nullable String key,
        String hostname,
        NodeState state,
        Map<String, String> labels,
        Capacity capacity,
        String engineVersion,
        String agentVersion,
        @Nullable String meshIp,
        @Nullable String meshKey,
        String condition,
        String reason,
        Instant changedAt,
        List<String> features) {

    public Node {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(state, "state");
        labels = Copies.ordered(labels);
        Objects.requireNonNull(capacity, "capacity");
        Objects.requireNonNull(engineVersion, "engineVersion");
        Objects.requireNonNull(agentVersion, "agentVersion");
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(changedAt, "changedAt");
        // a node that was stored before there were any has none
        features = List.copyOf(Objects.requireNonNullElse(features, List.of()));
    }

    /** One whose agent has no features. */
    public Node(
            String id,
            String identity,
            @Nullable String key,
            String hostname,
            NodeState state,
            Map<String, String> labels,
            Capacity capacity,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            String condition,
            String reason,
            Instant changedAt) {
        this(
                id,
                identity,
                key,
                hostname,
                state,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                reason,
                changedAt,
                List.of());
    }

    /** Whether new instances may be placed on it. */
    public boolean takesWork() {
        return state == NodeState.READY && condition.isEmpty();
    }

    public Node in(NodeState state, String reason, Instant now) {
        return new Node(
                id,
                identity,
                key,
                hostname,
                state,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                reason,
                state == this.state ? changedAt : now,
                features);
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "Node[id=" + id + ", identity=***, key=" + key + ", hostname=" + hostname + ", state=" + state
                + ", labels="
                + labels + ", capacity=" + capacity + ", engineVersion=" + engineVersion + ", agentVersion="
                + agentVersion + ", meshIp=" + meshIp + ", meshKey=" + meshKey + ", condition=" + condition
                + ", reason=" + reason + ", changedAt=" + changedAt + ", features=" + features + "]";
    }
}
