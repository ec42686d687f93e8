package io.knit.api.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A port as it is published on an instance's node.
 *
 * @param hostIp the node's address it is bound to
 * @param hostPort 1–65535
 * @param containerPort 1–65535
 * @param relay whether the agent holds it and hands connections on, so that instances of one deployment share it
 * @param proxyProtocol whether the container is told who connects; with {@code relay} only
 */
public record PortBinding(
        String hostIp, int hostPort, int containerPort, Protocol protocol, boolean relay, boolean proxyProtocol) {
    public PortBinding {
        Objects.requireNonNull(hostIp, "hostIp");
        Objects.requireNonNull(protocol, "protocol");
    }

    /** One that the engine publishes. */
    public PortBinding(String hostIp, int hostPort, int containerPort, Protocol protocol) {
        this(hostIp, hostPort, containerPort, protocol, false, false);
    }

    /** Without the word how it is held, which is its node's business. */
    public PortBinding plain() {
        return relay || proxyProtocol ? new PortBinding(hostIp, hostPort, containerPort, protocol) : this;
    }

    /** Whether two instances of one deployment may have both on one node: it is one port, and the agent holds it for both. */
    public boolean isSharedWith(PortBinding other) {
        return relay
                && other.relay
                && hostPort == other.hostPort
                && protocol == other.protocol
                && canonical(hostIp).equals(canonical(other.hostIp));
    }

    /**
     * Whether both can't be bound on one host: same port and protocol, and one address or the wildcard of its family.
     * {@code 0.0.0.0} stands for all IPv4 addresses and {@code ::} for all IPv6 addresses; the two don't clash.
     */
    public boolean clashesWith(PortBinding other) {
        if (hostPort != other.hostPort || protocol != other.protocol) {
            return false;
        }
        String a = canonical(hostIp);
        String b = canonical(other.hostIp);
        return a.equals(b) || ((isWildcard(a) || isWildcard(b)) && isV6(a) == isV6(b));
    }

    private static boolean isWildcard(String ip) {
        return ip.equals("0.0.0.0") || ip.equals("0:0:0:0:0:0:0:0");
    }

    private static boolean isV6(String ip) {
        return ip.contains(":");
    }

    /** One spelling for each IPv6 address. With a colon in it nothing is a name, so no name server is asked. */
    private static String canonical(String ip) {
        if (!isV6(ip)) {
            return ip;
        }
        try {
            return InetAddress.getByName(ip).getHostAddress();
        } catch (UnknownHostException e) {
            return ip;
        }
    }
}
