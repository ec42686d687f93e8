package io.knit.core.wire;

import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance that does its work, and where it is found.
 *
 * @param id unique for ever
 * @param address where other nodes reach it by what its node is reached at; null: nowhere
 * @param ports what is published there, in the order of its spec
 * @param direct its container's own address, to which the mesh leads; null: it has none
 */
public record NamedInstance(
        String id,
        String deployment,
        String node,
        @Nullable String address,
        List<PortBinding> ports,
        @Nullable String direct) {
    public NamedInstance {
        ports = List.copyOf(ports);
    }

    /** One that is reached by its node's address alone. */
    public NamedInstance(String id, String deployment, String node, @Nullable String address, List<PortBinding> ports) {
        this(id, deployment, node, address, ports, null);
    }
}
