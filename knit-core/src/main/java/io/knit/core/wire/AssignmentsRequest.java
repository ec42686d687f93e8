package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a node's assignments, a page at a time.
 *
 * @param identity as in {@link Heartbeat}; another than the node's is not answered with anything
 * @param after last instance of the page before, or null: the first page
 * @param mostBytes about how large the page may be, or null: as large as pages are; one assignment comes whatever its size
 */
public record AssignmentsRequest(
        int v,
        String cluster,
        String node,
        String identity,
        @Nullable String after,
        @JsonProperty("most_bytes") @Nullable Integer mostBytes) {

    /** Of a page as large as pages are. */
    public AssignmentsRequest(int v, String cluster, String node, String identity, @Nullable String after) {
        this(v, cluster, node, identity, after, null);
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "AssignmentsRequest[cluster=" + cluster + ", node=" + node + ", identity=***, after=" + after + "]";
    }
}
