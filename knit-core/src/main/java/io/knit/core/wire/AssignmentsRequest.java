package io.knit.core.wire;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a node's assignments, a page at a time.
 *
 * @param identity as in {@link Heartbeat}; another than the node's is not answered with anything
 * @param after last instance of the page before, or null: the first page
 */
public record AssignmentsRequest(
        int v,
        String cluster,
        String node,
        String identity,
        @Nullable String after) {

    /** Without the identity. */
    @Override
    public String toString() {
        return "AssignmentsRequest[cluster=" + cluster + ", node=" + node + ", identity=***, after=" + after + "]";
    }
}
