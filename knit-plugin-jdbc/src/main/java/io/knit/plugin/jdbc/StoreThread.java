package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * The one thread on which a store speaks with its database: a commit is handed over once, not for each of its statements, and what is asked is done in
 * order. Thread-safe.
 */
final class StoreThread {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread own = new Thread(task, "knit-store");
        own.setDaemon(true);
        return own;
    });

    /** Does the work after all that was given before. The future completes on the thread. */
    <T> Future<T> run(Callable<T> work) {
        Promise<T> result = Promise.promise();
        try {
            thread.execute(() -> {
                T done;
                try {
                    done = work.call();
                } catch (Throwable e) {
                    result.fail(e);
                    return;
                }
                result.complete(done);
            });
        } catch (RejectedExecutionException e) {
            return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "the store is closed"));
        }
        return result.future();
    }

    /** Takes no more, and ends after what it was given. */
    void end() {
        thread.shutdown();
    }
}
