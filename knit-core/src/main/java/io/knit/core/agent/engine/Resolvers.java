package io.knit.core.agent.engine;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.runtime.ContainerResolver;
import java.util.Optional;

/** Whom containers ask for names. Only on the loop. */
@FunctionalInterface
public interface Resolvers {
    /** Empty: whom the engine and the spec name. */
    Optional<ContainerResolver> of(DeploymentSpec spec);
}
