package io.knit.testkit.loop;

import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop on a daemon thread of its own, in real time, without Vert.x. After {@link #close} it runs nothing. Thread-safe. */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    private final ScheduledThreadPoolExecutor thread;
    private final ExecutorService workers;
    private final long start = System.nanoTime();
    private volatile Duration ahead = Duration.ZERO;

    /** Makes a loop whose threads carry this name. */
    public ThreadLoop(String name) {
        thread = new ScheduledThreadPoolExecutor(1, daemons(name));
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        workers = Executors.newCachedThreadPool(daemons(name + "-worker"));
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        try {
            thread.execute(logged(task));
        } catch (RejectedExecutionException e) {
            // closed: as promised, nothing runs any more
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        try {
            ScheduledFuture<?> timer = thread.schedule(logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        Objects.requireNonNull(work, "work");
        Promise<T> done = Promise.promise();
        workers.execute(() -> {
            try {
                T result = work.call();
                execute(() -> done.complete(result));
            } catch (Exception e) {
                execute(() -> done.fail(e));
            }
        });
        return done.future();
    }

    /** Sets the time of day, as somebody might set a host's; it goes on from there. {@link #elapsed} does not follow. */
    public void setClock(Instant now) {
        ahead = Duration.between(Instant.now(), now);
    }

    @Override
    public Instant now() {
        return Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        workers.shutdownNow();
    }

    /** What a task throws must reach somebody: the executor would keep it in a future that nobody reads. */
    private static Runnable logged(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("a task on a test loop failed", e);
            }
        };
    }
}
