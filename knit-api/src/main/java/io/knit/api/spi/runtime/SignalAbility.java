package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to send a signal to a container. */
@FunctionalInterface
public interface SignalAbility {
    /**
     * Sends a signal to the container's first process, and waits for nothing. Never blocks; fails with {@code RUNTIME_REFUSED} where the container does
     * not run or the host has no such signal.
     *
     * @param signal like {@code SIGHUP}
     */
    Future<Void> signal(String containerId, String signal);
}
