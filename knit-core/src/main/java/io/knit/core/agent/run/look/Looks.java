package io.knit.core.agent.run.look;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.vertx.core.AsyncResult;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the engine, one at a time, and one more if asked meanwhile. They are numbered, so that one can tell
 * whether a snapshot was begun after an action ended: an older one may still show what was before. Only on the loop.
 */
public final class Looks {
    private final Loop loop;
    private final ContainerRuntime runtime;
    private final BiConsumer<Look, AsyncResult<RuntimeSnapshot>> taken;
    private long begun;
    private boolean underWay;
    private boolean again;

    /** A snapshot's number and the cluster it was asked for; null: no cluster yet. */
    public record Look(long number, @Nullable String cluster) {}

    public Looks(Loop loop, ContainerRuntime runtime, BiConsumer<Look, AsyncResult<RuntimeSnapshot>> taken) {
        this.loop = loop;
        this.runtime = runtime;
        this.taken = taken;
    }

    /** The number of the newest snapshot that was begun. */
    public long begun() {
        return begun;
    }

    public void take(@Nullable String cluster, CurrentCluster current) {
        if (underWay) {
            again = true;
            return;
        }
        underWay = true;
        again = false;
        Look look = new Look(++begun, cluster);
        loop.bring(runtime.snapshot(cluster == null ? "" : cluster)).onComplete(result -> {
            underWay = false;
            taken.accept(look, result);
            if (again && !underWay) {
                take(current.get(), current);
            }
        });
    }

    /** The cluster at the time of asking. */
    @FunctionalInterface
    public interface CurrentCluster {
        @Nullable
        String get();
    }
}
