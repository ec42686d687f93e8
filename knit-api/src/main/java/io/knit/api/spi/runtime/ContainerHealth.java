package io.knit.api.spi.runtime;

import io.knit.api.model.Health;
import java.util.Objects;

/**
 * What an engine that runs the check of a container's image itself thinks of the container.
 *
 * @param words what the last check said; empty unless it is unhealthy
 */
public record ContainerHealth(Health state, String words) {
    public ContainerHealth {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(words, "words");
    }
}
