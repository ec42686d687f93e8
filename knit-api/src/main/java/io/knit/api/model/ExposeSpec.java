package io.knit.api.model;

import java.util.Objects;

/**
 * A wish that other nodes reach a container's port by the names of the fleet: it is published on its node's wg-mesh address, on loopback where the
 * node has none, and on no other.
 *
 * @param containerPort 1–65535
 * @param hostPort 1–65535, or 0: the same as the container's, so that a name and the port lead there from everywhere
 */
public record ExposeSpec(int containerPort, int hostPort, Protocol protocol) {
    public ExposeSpec {
        Objects.requireNonNull(protocol, "protocol");
    }

    /** As it is published. */
    public PortSpec published() {
        return new PortSpec(null, hostPort == 0 ? containerPort : hostPort, containerPort, protocol);
    }
}
