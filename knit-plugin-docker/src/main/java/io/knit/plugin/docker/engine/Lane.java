package io.knit.plugin.docker.engine;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A queue of calls of one kind with so many under way at once; kinds in lanes of their own don't starve each other. Every call ends: it
 * waits at most the queue's time, and then has an answer within its deadline or fails. There are never more threads than the
 * lane is wide, and none while there is nothing to do. Thread-safe; never blocks a caller.
 */
public final class Lane {
    private final Engine engine;
    private final Circuit circuit;
    private final Promise<Void> ended = Promise.promise();
    private final Set<BoundedCall<?>> calls = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;

    public Lane(String name, int width, Circuit circuit, Engine engine) {
        this.engine = engine;
        this.circuit = circuit;
        this.threads = new LaneThreads(name, width, ended);
    }

    /**
     * Queues a call.
     *
     * @param what the call in words: "starting container web-0"
     */
    public <T> Future<T> call(String what, Duration deadline, Work<T> work) {
        @Nullable String trouble = circuit.refusal();
        if (trouble != null) {
            return Future.failedFuture(engine.errors().refusedUnasked(what, trouble));
        }
        BoundedCall<T> call = new BoundedCall<>(what, deadline, work, engine, circuit, calls::remove);
        calls.add(call);
        try {
            threads.execute(call);
        } catch (RejectedExecutionException e) {
            call.cancel();
        }
        return call.future();
    }

    /** From now on as many at once; those under way stay. */
    public void widen(int width) {
        if (width > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(width);
            threads.setCorePoolSize(width);
        } else if (width < threads.getMaximumPoolSize()) {
            threads.setCorePoolSize(width);
            threads.setMaximumPoolSize(width);
        }
    }

    /** Fails all that is queued or under way with {@code CLOSED}; succeeds when the lane's threads have ended. */
    public Future<Void> close() {
        threads.shutdown();
        calls.forEach(BoundedCall::cancel);
        return ended.future();
    }

    /** Daemon threads that end when idle. */
    private static final class LaneThreads extends ThreadPoolExecutor {
        private final Promise<Void> ended;

        LaneThreads(String name, int width, Promise<Void> ended) {
            super(width, width, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
            this.ended = ended;
            allowCoreThreadTimeOut(true);
        }

        @Override
        protected void terminated() {
            ended.tryComplete();
        }

        private static ThreadFactory named(String name) {
            AtomicInteger next = new AtomicInteger();
            return task -> {
                Thread thread = new Thread(task, "knit-docker-" + name + "-" + next.getAndIncrement());
                thread.setDaemon(true);
                return thread;
            };
        }
    }
}
