package io.knit.core.server.hooks;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.VertxLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where foreign code runs that may block: on threads of its own, which are there while there is something to do; on another loop than Vert.x' on that, for such a one has
 * all in one thread. How much waits its users bound.
 */
final class HookThreads implements Executor {
    private static final int IDLE_SECONDS = 10;

    private final Loop loop;
    private final @Nullable ThreadPoolExecutor own;

    HookThreads(Loop loop, String name, int most) {
        this.loop = loop;
        this.own = loop instanceof VertxLoop ? pool(name, most) : null;
    }

    private static ThreadPoolExecutor pool(String name, int most) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        // what comes after the end is nobody's any more
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return pool;
    }

    @Override
    public void execute(Runnable task) {
        if (own == null) {
            loop.execute(task);
        } else {
            own.execute(task);
        }
    }

    /** Nobody waits for the task any more: the very one that {@link #execute} was given, if it has not begun. */
    void forget(Runnable task) {
        if (own != null) {
            own.remove(task);
        }
    }

    /** How much has not begun. */
    int waiting() {
        return own == null ? 0 : own.getQueue().size();
    }

    /** Interrupts what is under way; what waits is dropped. */
    void close() {
        if (own != null) {
            own.shutdownNow();
        }
    }
}
