package io.knit.core.wiring;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.plugin.Foreign;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Futures as they are given to users: on no Vert.x context, and each of them ends. What is composed on a context's future is delivered on that context, and
 * never once its Vert.x is closed, so that {@code server.deploy(…).eventually(server::close)} would not end. So it is with what waits for
 * a thread or a loop that has ended: once all is closed, whoever has no answer is told so. Thread-safe.
 */
public final class Detached {
    private static final Logger LOG = LoggerFactory.getLogger(Detached.class);

    private final Set<Promise<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public <T> Future<T> of(Future<T> future) {
        Promise<T> promise = Promise.promise();
        open.add(promise);
        future.onComplete(result -> {
            open.remove(promise);
            // what users do with it is done here, in the middle of what answers, and others' answers come after it
            Foreign.run(
                    () -> answer(promise, result),
                    e -> LOG.warn("What is done with an answer of the server failed", e));
        });
        if (closed) {
            end(promise);
        }
        return promise.future();
    }

    private static <T> void answer(Promise<T> promise, AsyncResult<T> result) {
        if (result.succeeded()) {
            promise.tryComplete(result.result());
        } else {
            promise.tryFail(result.cause());
        }
    }

    /** Nothing that would answer is there any more. */
    public void close() {
        closed = true;
        open.forEach(this::end);
    }

    private void end(Promise<?> promise) {
        if (open.remove(promise)) {
            Foreign.run(
                    () -> promise.tryFail(new KnitException(ErrorCode.CLOSED, "the server is closed")),
                    e -> LOG.warn("What is done once the server is closed failed", e));
        }
    }
}
