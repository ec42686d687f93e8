package io.knit.plugin.docker.image;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Follows a pull. The engine answers 200 before it knows the outcome; an error is a line in the stream like progress is. */
final class PullProgress implements ResultCallback<PullResponseItem> {
    private final BlockingQueue<Sign> signs = new LinkedBlockingQueue<>();
    private final Runnable onBrokenLayer;

    /** @param onBrokenLayer called each time the engine says that it waits to fetch a layer again */
    PullProgress(Runnable onBrokenLayer) {
        this.onBrokenLayer = onBrokenLayer;
    }

    /** One line of the stream, or its end. */
    private record Sign(
            boolean end, @Nullable String error, @Nullable Throwable thrown) {}

    /**
     * Waits for the end.
     *
     * @return what the engine said that went wrong, or empty: the image is there
     * @throws TimeoutException if there was no sign for the time of {@code stall}, or no end within {@code whole}
     */
    Optional<String> await(Duration stall, Duration whole) throws Exception {
        long start = System.nanoTime();
        Optional<String> error = Optional.empty();
        while (true) {
            long left = whole.toNanos() - (System.nanoTime() - start);
            Sign sign = signs.poll(Math.min(stall.toNanos(), left), TimeUnit.NANOSECONDS);
            if (sign == null) {
                throw new TimeoutException(
                        left < stall.toNanos()
                                ? "not complete after " + whole.toMinutes() + " minutes"
                                : "no progress for " + stall.toSeconds() + " s");
            }
            if (sign.error != null) {
                error = Optional.of(sign.error);
            }
            if (sign.thrown != null && error.isEmpty()) {
                throw new IOException("The pull broke off", sign.thrown);
            }
            if (sign.end) {
                return error;
            }
        }
    }

    @Override
    public void onStart(Closeable stream) {
        signs.add(new Sign(false, null, null));
    }

    @Override
    public void onNext(PullResponseItem item) {
        String status = item.getStatus();
        if (status != null && status.startsWith("Retrying in ")) {
            onBrokenLayer.run();
        }
        signs.add(new Sign(false, error(item), null));
    }

    @Override
    public void onError(Throwable thrown) {
        signs.add(new Sign(true, null, thrown));
    }

    @Override
    public void onComplete() {
        signs.add(new Sign(true, null, null));
    }

    @Override
    public void close() {
        onComplete();
    }

    private static @Nullable String error(PullResponseItem item) {
        PullResponseItem.ErrorDetail detail = item.getErrorDetail();
        if (detail != null && detail.getMessage() != null) {
            return detail.getMessage();
        }
        return item.getError();
    }
}
