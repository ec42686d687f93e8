package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a node's assignments, a page at a time.
 *
 * @param identity as in {@link Heartbeat}; another than the node's is not answered with anything
 * @param after last instance of the page before, or null: the first page
 * @param byHash whether the specs are to be named by their hashes; null: no, as the first release reads them
 * @param specs asks for these specs by their hashes, and not for assignments: the answer is a {@link SpecsPage}; null: for assignments
 * @param values asks for these values by their {@link ReadValue#key}s, and not for assignments: the answer is a {@link ValuesPage}; null: for assignments or specs
 * @param sealTo the agent's public key, for which secrets are sealed: Base64; null: it reads none
 * @param digest of the image that the node has of the one instance whose {@linkplain ReadValue#image image} is asked for: {@code sha256:…}; null: it has none, or asks for something else
 * @param mostBytes about how large the page may be, or null: as large as pages are; one assignment or spec comes whatever its size
 */
public record AssignmentsRequest(
        int v,
        String cluster,
        String node,
        String identity,
        @Nullable String after,
        @JsonProperty("most_bytes") @Nullable Integer mostBytes,
        @JsonProperty("by_hash") @Nullable Boolean byHash,
        @Nullable List<String> specs,
        @Nullable List<String> values,
        @JsonProperty("seal_to") @Nullable String sealTo,
        @Nullable String digest) {
    /** Of so many specs, or values, at once may be asked. */
    public static final int MOST_SPECS = 200;

    public AssignmentsRequest {
        specs = specs == null ? null : List.copyOf(specs);
        values = values == null ? null : List.copyOf(values);
    }

    /** Of a page as large as pages are. */
    public AssignmentsRequest(int v, String cluster, String node, String identity, @Nullable String after) {
        this(v, cluster, node, identity, after, null, null, null, null, null, null);
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "AssignmentsRequest[cluster=" + cluster + ", node=" + node + ", identity=***, after=" + after + "]";
    }
}
