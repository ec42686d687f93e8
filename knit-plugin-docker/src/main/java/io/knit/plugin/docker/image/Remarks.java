package io.knit.plugin.docker.image;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be said of a pull before it ends, and who hears it. Who comes later hears the newest at once. Thread-safe. */
final class Remarks implements Consumer<String> {
    private static final Logger LOG = LoggerFactory.getLogger(Remarks.class);

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable String newest;

    void add(Consumer<String> listener) {
        String said;
        synchronized (this) {
            listeners.add(listener);
            said = newest;
        }
        if (said != null) {
            tell(listener, said);
        }
    }

    /** Says it, unless it was the last thing said. */
    @Override
    public void accept(String remark) {
        synchronized (this) {
            if (remark.equals(newest)) {
                return;
            }
            newest = remark;
        }
        listeners.forEach(listener -> tell(listener, remark));
    }

    private static void tell(Consumer<String> listener, String remark) {
        try {
            listener.accept(remark);
        } catch (RuntimeException e) {
            LOG.warn("A listener for remarks on a pull failed", e);
        }
    }
}
