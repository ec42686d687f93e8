package io.knit.plugin.nats.broker.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what takes too long for an event loop, on half of the processors and with a bounded queue: strangers who guess can
 * neither take all of the machine nor fill its memory. Thread-safe; its threads are daemons and end when idle.
 */
public final class SlowChecks {
    private static final int MOST_WAITING = 16_384;
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    public SlowChecks() {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "knit-nats-access");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs a check; the future completes on its thread, and fails with what the check throws or if too many wait. */
    public <T> Future<T> run(Supplier<T> check) {
        Promise<T> promise = Promise.promise();
        try {
            threads.execute(() -> complete(promise, check));
        } catch (RejectedExecutionException e) {
            promise.fail(e);
        }
        return promise.future();
    }

    private static <T> void complete(Promise<T> promise, Supplier<T> check) {
        try {
            promise.complete(check.get());
        } catch (RuntimeException | LinkageError e) {
            promise.fail(e);
        }
    }
}
