package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to say what a container uses. */
@FunctionalInterface
public interface UsageAbility {
    /**
     * What a container uses now; may take two seconds, for its share of the CPU is that of a while. Never blocks. Fails with
     * {@code RUNTIME_REFUSED} where there is no such container or it does not run.
     */
    Future<ContainerUsage> usage(String containerId);
}
