package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A spec whose registry's password is sealed, as it is stored.
 *
 * @param spec without the password
 * @param key the name of the one that sealed it
 * @param box Base64; it opens for this very spec alone
 */
public record KeptSpec(
        @JsonProperty(required = true) ObjectNode spec,
        @JsonProperty(required = true) String key,
        @JsonProperty(required = true) String box) {
    /** Without the box. */
    @Override
    public String toString() {
        return "KeptSpec[" + key + "]";
    }
}
