package io.knit.api.model;

import java.util.Objects;

/**
 * A port as it is published on an instance's node.
 *
 * @param hostIp the node's address it is bound to
 * @param hostPort 1–65535
 * @param containerPort 1–65535
 */
public record PortBinding(String hostIp, int hostPort, int containerPort, Protocol protocol) {
    public PortBinding {
        Objects.requireNonNull(hostIp, "hostIp");
        Objects.requireNonNull(protocol, "protocol");
    }

    /** Whether both can't be bound on one host: same port and protocol, and one address or a wildcard. */
    public boolean clashesWith(PortBinding other) {
        return hostPort == other.hostPort
                && protocol == other.protocol
                && (hostIp.equals(other.hostIp) || isWildcard(hostIp) || isWildcard(other.hostIp));
    }

    private static boolean isWildcard(String ip) {
        return ip.equals("0.0.0.0") || ip.equals("::");
    }
}
