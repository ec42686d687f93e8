package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * A network of a node that containers share who name it; others don't reach them there. Each node has its own of that name: it is made with the first
 * container on it and goes after the last.
 *
 * @param name of the cluster's; 1–63 of {@code a-z 0-9 _ . -}
 * @param aliases by which the others on it find the container, besides the deployment's name
 */
public record NamedNetwork(String name, List<String> aliases) {
    public NamedNetwork {
        Objects.requireNonNull(name, "name");
        aliases = List.copyOf(aliases);
    }
}
