package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What all calls to one engine share. */
public record Engine(EngineClients clients, EngineErrors errors, Deadlines deadlines, ScheduledExecutorService timer) {
    /** Calls come in crowds; between two of them nothing need be open. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** Keeps a client whose call was answered whole, for a while. */
    void keep(DockerClient client) {
        if (clients.giveBack(client)) {
            after(IDLE, this::dropUnused);
        }
    }

    private void dropUnused() {
        if (clients.dropUnused()) {
            after(IDLE, this::dropUnused);
        }
    }

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
