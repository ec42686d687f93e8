package io.knit.api.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wish to publish a container's port on its node.
 *
 * @param hostIp an IPv4 or IPv6 address, {@value #MESH} for the node's wg-mesh address, or null: the mesh address where
 *     the node has one, else loopback
 * @param hostPort 1–65535, or 0: the scheduler assigns one
 * @param containerPort 1–65535
 * @param relay whether the agent holds the host port and hands connections to the instances of the deployment on the node that do their
 *     work; TCP only
 * @param proxyProtocol whether the container is told who connects, by a header of the PROXY protocol, version 2; with {@code relay} only
 */
public record PortSpec(
        @Nullable String hostIp,
        int hostPort,
        int containerPort,
        Protocol protocol,
        boolean relay,
        boolean proxyProtocol) {
    /** The word that stands for the node's wg-mesh address. */
    public static final String MESH = "mesh";

    public PortSpec {
        Objects.requireNonNull(protocol, "protocol");
    }

    /** One that the engine publishes. */
    public PortSpec(@Nullable String hostIp, int hostPort, int containerPort, Protocol protocol) {
        this(hostIp, hostPort, containerPort, protocol, false, false);
    }

    /** Whether one instance alone may have it on a node: its number is fixed, and no relay shares it among them. */
    public boolean isForOne() {
        return hostPort != 0 && !relay;
    }
}
