package io.knit.core.agent.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.core.wire.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Who an agent is; kept in {@code agent.json}.
 *
 * @param node the node's id
 * @param identity random word that tells this data folder from any other
 * @param cluster the cluster it joined, or null: none yet
 * @param session number of this start; each start has a higher one
 */
public record AgentIdentity(
        @JsonProperty(required = true) String node,
        @JsonProperty(required = true) String identity,
        @Nullable String cluster,
        long session) {
    AgentIdentity in(String joined) {
        return new AgentIdentity(node, identity, joined, session);
    }

    AgentIdentity withSession(long number) {
        return new AgentIdentity(node, identity, cluster, number);
    }

    boolean isWhole() {
        return NodeId.isValid(node) && identity != null && !identity.isEmpty();
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "AgentIdentity[node=" + node + ", identity=***, cluster=" + cluster + ", session=" + session + "]";
    }
}
