package io.knit.plugin.wgmesh;

import java.time.Duration;
import java.util.Objects;

/**
 * The daemon and the host that it runs on.
 *
 * @param pubkey the host's WireGuard public key, or empty: not on a mesh yet
 * @param hostname the host's name, or empty: most daemons do not tell
 * @param meshIp the host's address on the mesh, an IP literal without a prefix length, or empty: not on a mesh yet
 * @param interfaceName WireGuard's network interface, or empty
 * @param version the daemon's, or empty
 */
public record MeshStatus(
        String pubkey, String hostname, String meshIp, Duration uptime, String interfaceName, String version) {
    public MeshStatus {
        Objects.requireNonNull(pubkey, "pubkey");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(meshIp, "meshIp");
        Objects.requireNonNull(uptime, "uptime");
        Objects.requireNonNull(interfaceName, "interfaceName");
        Objects.requireNonNull(version, "version");
    }
}
