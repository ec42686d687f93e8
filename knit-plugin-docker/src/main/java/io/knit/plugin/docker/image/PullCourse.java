package io.knit.plugin.docker.image;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import io.knit.api.model.PullProgress;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a pull. The engine answers 200 before it knows the outcome; an error is a line in the stream like progress is. */
final class PullCourse implements ResultCallback<PullResponseItem> {
    private static final String DIGEST = "Digest: ";

    private final BlockingQueue<Sign> signs = new LinkedBlockingQueue<>();
    private final Runnable onBrokenLayer;
    private final Consumer<PullProgress> onProgress;
    /** By the layer's id, what has come of it and its size. On the thread that reads the stream. */
    private final Map<String, PullProgress> layers = new HashMap<>();

    private volatile String digest = "";

    /**
     * @param onBrokenLayer called each time the engine says that it waits to fetch a layer again
     * @param onProgress called with the sum of all layers each time more of one has come
     */
    PullCourse(Runnable onBrokenLayer, Consumer<PullProgress> onProgress) {
        this.onBrokenLayer = onBrokenLayer;
        this.onProgress = onProgress;
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

    /** By which the registry has what was pulled; empty: the engine did not say. */
    String digest() {
        return digest;
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
        if (status != null && status.startsWith(DIGEST)) {
            digest = status.substring(DIGEST.length());
        }
        count(item);
        signs.add(new Sign(false, error(item), null));
    }

    /** A layer's size is said only while it comes; one that is whole says so without a number. */
    private void count(PullResponseItem item) {
        ResponseItem.ProgressDetail detail = item.getProgressDetail();
        String layer = item.getId();
        if (layer == null) {
            return;
        }
        PullProgress known = layers.get(layer);
        PullProgress now = known;
        if ("Downloading".equals(item.getStatus())
                && detail != null
                && detail.getCurrent() != null
                && detail.getTotal() != null) {
            now = new PullProgress(detail.getCurrent(), detail.getTotal());
        } else if ("Download complete".equals(item.getStatus()) && known != null) {
            now = new PullProgress(known.size(), known.size());
        }
        if (now != null && !now.equals(known)) {
            layers.put(layer, now);
            onProgress.accept(new PullProgress(
                    layers.values().stream().mapToLong(PullProgress::fetched).sum(),
                    layers.values().stream().mapToLong(PullProgress::size).sum()));
        }
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
