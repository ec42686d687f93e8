package io.knit.api.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How an instance is stopped.
 *
 * @param signal what its program is sent, like {@code SIGQUIT}; empty: what its image says, else {@code SIGTERM}
 * @param grace until it is killed
 * @param preStop a command in the container before the signal, within the grace; empty: none
 */
public record StopSpec(String signal, Duration grace, List<String> preStop) {
    /** What a spec has that says nothing of it. */
    public static final StopSpec DEFAULT = new StopSpec("", Duration.ofSeconds(10), List.of());

    public StopSpec {
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(grace, "grace");
        preStop = List.copyOf(preStop);
    }
}
