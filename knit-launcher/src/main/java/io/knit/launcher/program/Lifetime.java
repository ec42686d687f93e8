package io.knit.launcher.program;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Ties what was started to the process: waits for it on the main thread, closes it when the process is told to end. */
final class Lifetime {
    private static final long START_SECONDS = 60;
    private static final long CLOSE_SECONDS = 15;

    private Lifetime() {}

    /** The result of a start. */
    static <T> T started(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw unchecked(e);
        } catch (TimeoutException e) {
            throw new KnitException(
                    ErrorCode.INTERNAL,
                    "the start did not finish within " + START_SECONDS + " s; its log says how far it got");
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
    static void closeAtExit(Supplier<Future<Void>> close, Console console) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeNow(close, console), "knit-close"));
    }

    private static void closeNow(Supplier<Future<Void>> close, Console console) {
        try {
            close.get().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            console.complain("did not close within " + CLOSE_SECONDS + " s; ended anyway");
        } catch (ExecutionException e) {
            console.complain("did not close cleanly: " + ExitCode.message(unchecked(e)));
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
