package io.knit.core.wiring;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Futures as they are given to users: on no Vert.x context. What is composed on a context's future is delivered on that context, and
 * never once its Vert.x is closed, so that {@code server.deploy(…).eventually(server::close)} would not end.
 */
public final class Detached {
    private Detached() {}

    public static <T> Future<T> of(Future<T> future) {
        Promise<T> promise = Promise.promise();
        future.onComplete(promise);
        return promise.future();
    }
}
