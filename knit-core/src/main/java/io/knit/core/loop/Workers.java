package io.knit.core.loop;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Two threads for what users give to compute. How much may wait is for who gives it to bound. Thread-safe. */
final class Workers {
    static final int THREADS = 2;

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Workers::thread);

    Workers() {
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "knit-template");
        thread.setDaemon(true);
        return thread;
    }

    <T> Future<T> run(Callable<T> work) {
        Promise<T> result = Promise.promise();
        try {
            threads.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (Throwable e) {
                    result.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.fail(new KnitException(ErrorCode.CLOSED, "this server or agent is closed"));
        }
        return result.future();
    }

    /** Interrupts what runs; what waits never will. */
    void close() {
        threads.shutdownNow();
    }
}
