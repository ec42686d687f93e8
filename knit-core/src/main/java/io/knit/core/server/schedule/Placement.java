package io.knit.core.server.schedule;

import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an instance goes, or why nowhere.
 *
 * @param node the node's id, or null: refused
 * @param why what speaks for the node, in words; empty: nothing is said
 * @param refusal the reason in words a user can act on; empty if placed
 */
public record Placement(@Nullable String node, List<PortBinding> ports, String why, String refusal) {
    public Placement {
        ports = List.copyOf(ports);
    }

    static Placement on(String node, List<PortBinding> ports, String why) {
        return new Placement(node, ports, why, "");
    }

    static Placement refused(String refusal) {
        return new Placement(null, List.of(), "", refusal);
    }
}
