package io.knit.launcher.program;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ties what was started to the process: waits for it on the main thread, closes it when the process is told to end. */
final class Lifetime {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static final Duration SAID_EACH = Duration.ofMinutes(1);
    private static final long CLOSE_SECONDS = 15;

    private Lifetime() {}

    /** The result of a start, however long that takes: what is broken off, a large store's wiping, would begin anew at the next. */
    static <T> T started(Future<T> future) throws InterruptedException {
        return started(future, SAID_EACH);
    }

    /** @param each so often it is said that it is still going on */
    static <T> T started(Future<T> future, Duration each) throws InterruptedException {
        CompletableFuture<T> starting = future.toCompletionStage().toCompletableFuture();
        for (Duration waited = each; ; waited = waited.plus(each)) {
            try {
                return starting.get(each.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw unchecked(e);
            } catch (TimeoutException e) {
                LOG.warn("Still starting after {} s; what was logged before says how far it got", waited.toSeconds());
            }
        }
    }

    /** Returns when the future succeeds, which may be never. */
    static void lasts(Future<?> future) throws InterruptedException {
        try {
            future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw unchecked(e);
        }
    }

    /** On SIGTERM, SIGINT and any other end: closes, and waits for it a while. */
    static void closeAtExit(Supplier<Future<Void>> close) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeNow(close), "knit-close"));
    }

    private static void closeNow(Supplier<Future<Void>> close) {
        try {
            close.get().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.error("Did not close within {} s; ended anyway", CLOSE_SECONDS);
        } catch (ExecutionException e) {
            LOG.error("Did not close cleanly: {}", ExitCode.message(unchecked(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException unchecked(ExecutionException e) {
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : new KnitException(ErrorCode.INTERNAL, ExitCode.message(cause), cause);
    }
}
