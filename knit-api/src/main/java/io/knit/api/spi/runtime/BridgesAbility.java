package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.util.List;

/**
 * What a {@link ContainerRuntime} can do besides if it implements this, too: to say by which networks containers reach their host, and to have them ask it for names.
 *
 * <p>Obligations: 1. the runtime's own network, on which containers are that name no other, comes first, those of the cluster's containers after it; 2. one on which this host has
 * no address of its own is left out; 3. {@link ContainerRuntime#create} has the container ask whom {@link ContainerSpec#resolver} names.
 */
public interface BridgesAbility {
    /** Networks on which this host has an address. */
    Future<List<Bridge>> bridges(String cluster);
}
