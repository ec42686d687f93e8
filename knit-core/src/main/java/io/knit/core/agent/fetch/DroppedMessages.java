package io.knit.core.agent.fetch;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts messages that could not be used, and says so at most once a minute. {@link #drop} only on the loop. */
public final class DroppedMessages {
    private static final Logger LOG = LoggerFactory.getLogger(DroppedMessages.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final Loop loop;
    private final AtomicLong count = new AtomicLong();
    private @Nullable Duration saidAt;

    public DroppedMessages(Loop loop) {
        this.loop = loop;
    }

    /** How many so far. On any thread. */
    public long count() {
        return count.get();
    }

    /** One more; {@code what} holds nothing of its content. */
    public void drop(String what) {
        long dropped = count.incrementAndGet();
        Duration now = loop.elapsed();
        if (saidAt == null || now.minus(saidAt).compareTo(QUIET) >= 0) {
            saidAt = now;
            LOG.warn("dropped a message: {} ({} dropped since the start)", what, dropped);
        }
    }
}
