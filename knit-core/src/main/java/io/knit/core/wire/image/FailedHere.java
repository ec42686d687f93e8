package io.knit.core.wire.image;

import java.util.Objects;

/**
 * A container that a node keeps since it failed.
 *
 * @param container its name
 * @param exit how it ended, in words
 */
public record FailedHere(String container, String deployment, String instance, String exit) {
    public FailedHere {
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(exit, "exit");
    }
}
