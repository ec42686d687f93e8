package io.knit.launcher.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Reads what a process writes to its end, some 30 MB a second at most, and nothing while it is told to stand. */
final class RatedReader implements AutoCloseable {
    private static final int PIECE = 64 * 1024;
    private static final int PAUSE_MILLIS = 2;

    private final InputStream in;
    private final OutputStream to;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    private volatile long count;
    private volatile boolean stands;

    /** @param to what is given all of it */
    RatedReader(InputStream in, OutputStream to) {
        this.in = in;
        this.to = to;
        clock.scheduleWithFixedDelay(this::next, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void next() {
        if (stands || whole.isDone()) {
            return;
        }
        try {
            byte[] piece = new byte[PIECE];
            int length = in.read(piece);
            if (length < 0) {
                to.close();
                whole.complete(null);
            } else {
                to.write(piece, 0, length);
                count += length;
            }
        } catch (IOException | RuntimeException e) {
            whole.completeExceptionally(e);
        }
    }

    /** How many bytes came. */
    long count() {
        return count;
    }

    /** Takes nothing, or goes on. */
    void stand(boolean still) {
        stands = still;
    }

    boolean isOver() {
        return whole.isDone();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
