package io.knit.core.agent.run;

import io.knit.api.model.Capacity;
import io.knit.api.model.PullProgress;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** What an {@link InstanceRunner} tells, on the loop. */
public interface RunListener {
    /** How it stands with an instance; often the same again. */
    void instance(String instance, InstanceMemory memory);

    /** What an instance wrote last before it failed: lines with line feeds between, never empty. After the {@link #instance} that says so. */
    void lastOutput(String instance, String text);

    /** How far the pull of its image has come. What is told of the instance next ends that. */
    void pulling(String instance, PullProgress progress);

    /** What the engine shows of the cluster; often the same again. */
    void seen(List<ContainerSnapshot> containers, AssignmentSet set);

    /** Nothing more will be said of this instance: it is stopped and not assigned any more. */
    void forgotten(String instance);

    /**
     * The container of an instance that is not to run any more is about to be stopped.
     *
     * @param grace that it gets
     * @return when it may be; soon
     */
    default Future<Void> ending(String instance, Duration grace) {
        return Future.succeededFuture();
    }

    /** What was done for an instance is done, whether it came of it or not. */
    default void ended(String instance) {}

    /** Which engine it is; empty: it has no id. Told before {@link #engine}, often the same again. */
    void engineId(String id);

    /** What containers run on, as images call it; empty: not known. Told before {@link #engine}, often the same again. */
    void platform(String os, String arch);

    /**
     * How it stands with the engine; often the same again.
     *
     * @param version the engine's, or empty: it has not answered now
     * @param condition why it can't be used, or empty: it can
     */
    void engine(String version, Capacity capacity, String condition);
}
