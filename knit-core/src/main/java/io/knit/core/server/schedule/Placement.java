package io.knit.core.server.schedule;

import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an instance goes, or why nowhere.
 *
 * @param node the node's id, or null: refused
 * @param refusal the reason in words a user can act on; empty if placed
 */
public record Placement(@Nullable String node, List<PortBinding> ports, String refusal) {
    public Placement {
        ports = List.copyOf(ports);
    }

    static Placement on(String node, List<PortBinding> ports) {
        return new Placement(node, ports, "");
    }

    static Placement refused(String refusal) {
        return new Placement(null, List.of(), refusal);
    }
}
