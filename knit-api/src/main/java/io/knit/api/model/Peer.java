package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host on the mesh, as a {@link io.knit.api.spi.discovery.Discovery} sees it.
 *
 * @param key its public key: the mesh's own identity of a host
 * @param hostname its name, or empty if the mesh does not tell
 * @param meshIp its address on the mesh
 * @param lastSeen when the mesh last heard of it, or null if the mesh does not tell
 * @param routableNetworks networks behind it to which the mesh leads, as address and bits ({@code 10.210.1.0/24}); null: the mesh does not tell
 */
public record Peer(
        String key,
        String hostname,
        String meshIp,
        @Nullable Instant lastSeen,
        @Nullable List<String> routableNetworks) {
    public Peer {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(meshIp, "meshIp");
        routableNetworks = routableNetworks == null ? null : List.copyOf(routableNetworks);
    }

    /** On a mesh that does not tell what is behind its hosts. */
    public Peer(String key, String hostname, String meshIp, @Nullable Instant lastSeen) {
        this(key, hostname, meshIp, lastSeen, null);
    }
}
