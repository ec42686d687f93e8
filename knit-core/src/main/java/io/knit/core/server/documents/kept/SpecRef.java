package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.SpecBlob;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A spec as documents name it: what is large stands once in the table {@code spec}, and here what is no part of it.
 *
 * @param blob as in {@link SpecBlob}
 * @param apart as {@link SpecBlob#apart} gives it: null if there is nothing else
 */
public record SpecRef(
        @JsonProperty(required = true) String blob,
        @JsonProperty(required = true) int replicas,
        Map<String, String> nodeSelector,
        @Nullable ObjectNode apart) {
    public SpecRef {
        // in the order that the user gave
        nodeSelector =
                nodeSelector.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(nodeSelector));
    }

    public static SpecRef of(DeploymentSpec spec, String blob) {
        return new SpecRef(blob, spec.replicas(), spec.nodeSelector(), SpecBlob.apart(spec));
    }

    /** The same spec under another name. */
    public SpecRef named(String other) {
        return new SpecRef(other, replicas, nodeSelector, apart);
    }

    /** Whether the blob is the whole spec. */
    public boolean isAll(DeploymentSpec blob) {
        return apart == null
                && replicas == blob.replicas()
                && nodeSelector.isEmpty()
                && blob.nodeSelector().isEmpty();
    }

    /** The whole spec: the very one that is given, where nothing of it is apart, as of most. */
    public DeploymentSpec with(DeploymentSpec blob) {
        if (isAll(blob)) {
            return blob;
        }
        DeploymentSpec placed = SpecBlob.with(blob, replicas, nodeSelector);
        return apart == null ? placed : SpecBlob.with(placed, apart);
    }
}
