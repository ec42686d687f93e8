package io.knit.plugin.docker.image;

import io.knit.api.model.PullProgress;
import io.knit.api.spi.runtime.PullListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All who hear of a pull before it ends. Who comes later hears the newest at once. Thread-safe. */
final class PullListeners implements PullListener {
    private static final Logger LOG = LoggerFactory.getLogger(PullListeners.class);

    private final List<PullListener> all = new CopyOnWriteArrayList<>();
    private @Nullable String said;
    private @Nullable PullProgress progress;

    void add(PullListener listener) {
        String remark;
        PullProgress so;
        synchronized (this) {
            all.add(listener);
            remark = said;
            so = progress;
        }
        if (remark != null) {
            tell(listener, it -> it.remark(remark));
        }
        if (so != null) {
            tell(listener, it -> it.progressed(so));
        }
    }

    /** Says it, unless it was the last thing said. */
    @Override
    public void remark(String words) {
        synchronized (this) {
            if (words.equals(said)) {
                return;
            }
            said = words;
        }
        all.forEach(listener -> tell(listener, it -> it.remark(words)));
    }

    @Override
    public void progressed(PullProgress now) {
        synchronized (this) {
            progress = now;
        }
        all.forEach(listener -> tell(listener, it -> it.progressed(now)));
    }

    private static void tell(PullListener listener, Consumer<PullListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("A listener of a pull failed", e);
        }
    }
}
