package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.time.Duration;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to end a container and leave it there. */
@FunctionalInterface
public interface StopAbility {
    /**
     * Sends the signal, and kills the container after the grace time. It stays, with what it wrote. One that does not run, or is not there,
     * succeeds.
     *
     * @param signal like {@code SIGQUIT}; empty: the one that its image says
     */
    Future<Void> stop(String containerId, String signal, Duration grace);
}
