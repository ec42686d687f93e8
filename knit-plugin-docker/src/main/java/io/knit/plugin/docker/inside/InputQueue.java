package io.knit.plugin.docker.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is written on any thread, for one thread that passes it on. Thread-safe. */
final class InputQueue {
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private boolean ended;
    private @Nullable KnitException closed;
    private boolean enough;

    /** Bytes, and who waits for their being passed on. */
    record Piece(byte[] bytes, Promise<Void> passed) {}

    synchronized Future<Void> write(byte[] bytes) {
        if (enough) {
            return Future.succeededFuture();
        }
        KnitException why = closed;
        if (why != null || ended) {
            return Future.failedFuture(why == null ? new KnitException(ErrorCode.CLOSED, "its input was ended") : why);
        }
        Promise<Void> passed = Promise.promise();
        pieces.add(new Piece(bytes, passed));
        notifyAll();
        return passed.future();
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The next piece, for which it waits; null: there will be none. */
    synchronized @Nullable Piece take() throws InterruptedException {
        while (pieces.isEmpty() && !ended && closed == null) {
            wait();
        }
        return closed != null ? null : pieces.poll();
    }

    synchronized boolean isClosed() {
        return closed != null;
    }

    /** Who reads has all that he wants: the rest, and what is written later, counts as passed on. */
    void enough() {
        Deque<Piece> left;
        synchronized (this) {
            enough = true;
            left = new ArrayDeque<>(pieces);
            pieces.clear();
        }
        left.forEach(piece -> piece.passed().tryComplete());
    }

    /** Nothing is passed on any more; what waits and what comes fails with this. */
    void close(KnitException why) {
        Deque<Piece> left;
        synchronized (this) {
            closed = why;
            left = new ArrayDeque<>(pieces);
            pieces.clear();
            notifyAll();
        }
        left.forEach(piece -> piece.passed().tryFail(why));
    }
}
