package io.knit.core.server.history;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.plugin.Foreign;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the history, some at a time, and a line for more. A store has one line for all that it is asked: so a commit waits behind a few pages there, however many want to
 * read. Thread-safe.
 */
final class HistoryLine {
    static final int AT_ONCE = 4;
    static final int IN_LINE = 64;

    // guarded by this
    private final Deque<Runnable> line = new ArrayDeque<>();
    private int underWay;

    /** Fails with {@code BUSY} where the line is full. */
    <T> Future<T> read(Supplier<Future<T>> reading) {
        Promise<T> read = Promise.promise();
        Runnable turn = () -> begin(reading, read);
        synchronized (this) {
            if (underWay == AT_ONCE && line.size() == IN_LINE) {
                return Future.failedFuture(new KnitException(
                        ErrorCode.BUSY,
                        "the history is read by " + (AT_ONCE + IN_LINE)
                                + " others, which is all the server has room for; ask again in a moment"));
            } else if (underWay == AT_ONCE) {
                line.add(turn);
                return read.future();
            }
            underWay++;
        }
        turn.run();
        return read.future();
    }

    private <T> void begin(Supplier<Future<T>> reading, Promise<T> read) {
        Future<T> begun = Foreign.call(() -> Objects.requireNonNull(reading.get(), "a future"), Future::failedFuture);
        begun.onComplete(done -> {
            Runnable next = over();
            if (next != null) {
                next.run();
            }
            read.handle(done);
        });
    }

    /** Its place is the next one's; null: nobody waits for it. */
    private synchronized @Nullable Runnable over() {
        Runnable next = line.poll();
        if (next == null) {
            underWay--;
        }
        return next;
    }
}
