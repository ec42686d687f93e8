package io.knit.testkit;

import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures in tests. Never to be used on an event loop: it blocks. */
public final class Futures {
    /** How long {@link #await(Future)} waits: generous, since it is only used up by a failing test. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private Futures() {}

    /** The future's result, waited for up to {@link #PATIENCE}; see {@link #await(Future, Duration)}. */
    public static <T> T await(Future<T> future) {
        return await(future, PATIENCE);
    }

    /**
     * The future's result.
     *
     * @throws AssertionError if it is not complete after {@code atMost}
     * @throws RuntimeException the future's failure, itself where it is unchecked, else wrapped
     */
    public static <T> T await(Future<T> future, Duration atMost) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the future is not complete after " + atMost, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a future", e);
        }
    }

    /**
     * The error that the future fails with.
     *
     * @throws AssertionError if it succeeds, fails with anything else, or is not complete after {@link #PATIENCE}
     */
    public static KnitException failure(Future<?> future) {
        return failure(future, PATIENCE);
    }

    /** As {@link #failure(Future)}, waiting up to {@code atMost}. */
    public static KnitException failure(Future<?> future, Duration atMost) {
        Object result;
        try {
            result = await(future, atMost);
        } catch (KnitException e) {
            return e;
        } catch (RuntimeException e) {
            throw new AssertionError("expected a KnitException, but the future failed with " + e, e);
        }
        throw new AssertionError("expected a failure, but the future succeeded with " + result);
    }
}
