package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link Revision} as it is stored. */
public record KeptRevision(
        @JsonProperty(required = true) String deployment,
        @JsonProperty(required = true) int number,
        @JsonProperty(required = true) SpecRef spec,
        String specHash,
        @Nullable Instant createdAt,
        String by,
        String command,
        @Nullable Map<String, Integer> reads,
        @Nullable String digest,
        boolean wasHealthy) {
    public static KeptRevision of(Revision it) {
        return new KeptRevision(
                it.deployment(),
                it.number(),
                SpecRef.of(it.spec(), it.blob()),
                it.specHash(),
                it.createdAt(),
                it.by(),
                it.command(),
                it.reads().isEmpty() ? null : it.reads(),
                it.digest(),
                it.wasHealthy());
    }

    /** The same with its spec under another name. */
    public KeptRevision named(String blob) {
        return new KeptRevision(
                deployment, number, spec.named(blob), specHash, createdAt, by, command, reads, digest, wasHealthy);
    }

    public Revision with(DeploymentSpec whole) {
        return new Revision(
                deployment,
                number,
                whole,
                specHash,
                spec.blob(),
                createdAt,
                by,
                command,
                reads == null ? Map.of() : new TreeMap<>(reads),
                digest,
                wasHealthy);
    }
}
