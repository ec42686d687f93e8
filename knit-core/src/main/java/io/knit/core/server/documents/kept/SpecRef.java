package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.SpecBlob;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A spec as documents name it: what is large stands once in the table {@code spec}, and here what is no part of it.
 *
 * @param blob as in {@link SpecBlob}
 */
public record SpecRef(
        @JsonProperty(required = true) String blob,
        @JsonProperty(required = true) int replicas,
        Map<String, String> nodeSelector) {
    public SpecRef {
        // in the order that the user gave
        nodeSelector = Collections.unmodifiableMap(new LinkedHashMap<>(nodeSelector));
    }

    public static SpecRef of(DeploymentSpec spec, String blob) {
        return new SpecRef(blob, spec.replicas(), spec.nodeSelector());
    }

    /** The whole spec. */
    public DeploymentSpec with(DeploymentSpec blob) {
        return SpecBlob.with(blob, replicas, nodeSelector);
    }
}
