package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of a {@link Heartbeat} of any version: who speaks, and in what. These fields keep their names and types for ever.
 *
 * @param v version the heartbeat is written in
 * @param speaks null: {@code v} alone
 */
public record HeartbeatHead(
        int v,
        @Nullable String cluster,
        @Nullable String node,
        @Nullable String identity,
        @Nullable String hostname,
        @JsonProperty("engine_version") @Nullable String engineVersion,
        @JsonProperty("agent_version") @Nullable String agentVersion,
        @Nullable Speaks speaks) {

    public Speaks spoken() {
        return speaks == null ? new Speaks(v, v) : speaks;
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "HeartbeatHead[v=" + v + ", cluster=" + cluster + ", node=" + node + ", identity=***, agentVersion="
                + agentVersion + ", speaks=" + speaks + "]";
    }
}
