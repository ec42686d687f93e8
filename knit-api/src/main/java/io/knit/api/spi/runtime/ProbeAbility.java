package io.knit.api.spi.runtime;

import io.knit.api.model.HealthSpec;
import io.vertx.core.Future;

/**
 * What a {@link ContainerRuntime} can do besides if it implements this, too: to reach a port of a container whose address its host does not
 * reach. Without it the agent connects to {@link ContainerSnapshot#address}.
 */
@FunctionalInterface
public interface ProbeAbility {
    /**
     * Does the {@code http} or {@code tcp} check of a spec once, within its timeout. Never blocks. That the check failed is no failure of the
     * future; one that fails counts as such a failure all the same, unless with {@code RUNTIME_UNAVAILABLE}, {@code BUSY} or {@code CLOSED}, which
     * say nothing of the container.
     *
     * @return empty if it succeeded, else why it did not, in a few words
     */
    Future<String> probe(String containerId, HealthSpec health);
}
