package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host on the mesh, as a {@link io.knit.api.spi.discovery.Discovery} sees it.
 *
 * @param key its public key: the mesh's own identity of a host
 * @param hostname its name, or empty if the mesh does not tell
 * @param meshIp its address on the mesh
 * @param lastSeen when the mesh last heard of it, or null if the mesh does not tell
 */
public record Peer(
        String key,
        String hostname,
        String meshIp,
        @Nullable Instant lastSeen) {
    public Peer {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(meshIp, "meshIp");
    }
}
