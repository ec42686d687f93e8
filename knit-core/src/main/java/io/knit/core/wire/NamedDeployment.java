package io.knit.core.wire;

import io.knit.api.model.NamedNetwork;
import java.util.List;

/**
 * A deployment that can be asked for by name.
 *
 * @param name its own
 * @param stack the one that it belongs to; empty: none
 * @param aliases by which its stack finds it besides
 * @param networks that it is on, in the order of its spec, with the aliases by which others there find it; empty: none, or a server of before tells of none
 */
public record NamedDeployment(String name, String stack, List<String> aliases, List<NamedNetwork> networks) {
    public NamedDeployment {
        aliases = List.copyOf(aliases);
        networks = List.copyOf(networks);
    }

    /** One that is on no network of a name. */
    public NamedDeployment(String name, String stack, List<String> aliases) {
        this(name, stack, aliases, List.of());
    }
}
