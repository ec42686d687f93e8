package io.knit.core.wire;

import java.util.List;

/**
 * A deployment that can be asked for by name.
 *
 * @param name its own
 * @param stack the one that it belongs to; empty: none
 * @param aliases by which its stack finds it besides
 */
public record NamedDeployment(String name, String stack, List<String> aliases) {
    public NamedDeployment {
        aliases = List.copyOf(aliases);
    }
}
