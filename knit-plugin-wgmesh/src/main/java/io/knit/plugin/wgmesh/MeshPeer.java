package io.knit.plugin.wgmesh;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Another host as the daemon knows it.
 *
 * @param pubkey its WireGuard public key
 * @param hostname its name, or empty
 * @param meshIp its address on the mesh: an IP literal without a prefix length
 * @param endpoint where WireGuard reaches it, {@code host:port}, or empty
 * @param lastSeen or null: never, or not told
 * @param discoveredVia the ways it was found: {@code dht}, {@code lan} …
 * @param routableNetworks networks behind it, as CIDR
 * @param latency or null: not measured
 */
public record MeshPeer(
        String pubkey,
        String hostname,
        String meshIp,
        String endpoint,
        @Nullable Instant lastSeen,
        List<String> discoveredVia,
        List<String> routableNetworks,
        @Nullable Duration latency) {
    public MeshPeer {
        Objects.requireNonNull(pubkey, "pubkey");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(meshIp, "meshIp");
        Objects.requireNonNull(endpoint, "endpoint");
        discoveredVia = List.copyOf(discoveredVia);
        routableNetworks = List.copyOf(routableNetworks);
    }
}
