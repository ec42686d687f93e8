package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Asks for what is other in the table of names, a page at a time.
 *
 * @param identity as in {@link Heartbeat}; another than the node's is not answered with anything
 * @param have the digest of the table that is held; null: none is
 * @param after {@link NamesPage#next} of the page before, or null: the first page
 * @param mostBytes about how large the page may be, or null: as large as pages are
 */
public record NamesRequest(
        int v,
        String cluster,
        String node,
        String identity,
        @Nullable String have,
        @Nullable String after,
        @JsonProperty("most_bytes") @Nullable Integer mostBytes) {
    /** Without the identity. */
    @Override
    public String toString() {
        return "NamesRequest[cluster=" + cluster + ", node=" + node + ", identity=***, have=" + have + ", after="
                + after + "]";
    }
}
