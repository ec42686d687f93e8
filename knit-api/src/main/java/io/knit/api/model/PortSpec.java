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
 */
public record PortSpec(@Nullable String hostIp, int hostPort, int containerPort, Protocol protocol) {
    /** The word that stands for the node's wg-mesh address. */
    public static final String MESH = "mesh";

    public PortSpec {
        Objects.requireNonNull(protocol, "protocol");
    }
}
