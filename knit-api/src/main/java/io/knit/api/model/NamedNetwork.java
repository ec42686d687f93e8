package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * A network of a node that containers share who name it; others don't reach them there. Each node has its own of that name: it is made with the first
 * container on it and goes after the last.
 *
 * @param name of the cluster's; 1–63 of {@code a-z 0-9 _ . -}
 * @param aliases by which the others on it find the container, besides the deployment's name
 * @param internal whether who is on no other network reaches nothing but the containers on this one, and its host
 */
public record NamedNetwork(String name, List<String> aliases, boolean internal) {
    public NamedNetwork {
        Objects.requireNonNull(name, "name");
        aliases = List.copyOf(aliases);
    }

    /** One that leads to everywhere else, too. */
    public NamedNetwork(String name, List<String> aliases) {
        this(name, aliases, false);
    }
}
