package io.knit.core.wire;

import io.knit.api.error.KnitException;
import io.knit.api.spi.transport.TransportMessage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what comes in; malformed, oversized and foreign messages are counted and dropped. Any thread. */
public final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final AtomicLong dropped = new AtomicLong();

    /** The message, or null: it was not one, and is counted. */
    public <T> @Nullable T read(TransportMessage message, Class<T> type) {
        if (message.payload().length <= WireCodec.MAX_BYTES) {
            try {
                return WireCodec.decode(message.payload(), type);
            } catch (KnitException e) {
                LOG.debug("On {}: {}", message.subject(), e.getMessage());
            }
        }
        return null;
    }

    /** Counts a message that is not heeded. */
    public void drop() {
        long count = dropped.incrementAndGet();
        // the first, then ever more rarely: a flood must not fill the log
        if (Long.bitCount(count) == 1) {
            LOG.warn("{} messages dropped so far: malformed, too large, or not of this cluster", count);
        }
    }

    public long dropped() {
        return dropped.get();
    }
}
