package io.knit.core.agent.reconcile;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A step for one instance.
 *
 * @param instance its id; for a container without one, the container's name
 * @param assignment its order, or null: none
 * @param container the container to start, stop, remove or, where it runs, keep; else null
 * @param until with {@code WAIT}: when to look again, by {@link io.knit.api.spi.loop.Loop#elapsed}, or null: after something else happened
 * @param reason why, for the log
 * @param memory what to remember of the instance from now on
 * @param tending with {@code TEND}: what is to be done, and {@code container} is the main one where it runs; else null
 */
public record Action(
        ActionKind step,
        String instance,
        @Nullable Assignment assignment,
        @Nullable ContainerSnapshot container,
        @Nullable Duration until,
        String reason,
        InstanceMemory memory,
        @Nullable Tending tending) {}
