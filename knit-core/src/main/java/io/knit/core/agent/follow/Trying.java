package io.knit.core.agent.follow;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/** Who knows whether a container takes other contents of its files. */
@FunctionalInterface
public interface Trying {
    /** As {@link io.knit.core.agent.engine.Trials#faults}. */
    Future<SortedMap<Integer, String>> faults(
            Assignment assignment,
            DeploymentSpec spec,
            SortedMap<Integer, Value.Content> others,
            BooleanSupplier wanted);
}
