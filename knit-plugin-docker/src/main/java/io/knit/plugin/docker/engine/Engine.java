package io.knit.plugin.docker.engine;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What all calls to one engine share. */
public record Engine(EngineClients clients, EngineErrors errors, Deadlines deadlines, ScheduledExecutorService timer) {
    /** Runs a task later; null if the runtime was closed meanwhile. */
    @Nullable
    public ScheduledFuture<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }
}
