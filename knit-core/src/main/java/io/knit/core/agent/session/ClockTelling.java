package io.knit.core.agent.session;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells the time of day now and then, for the server to know how far both clocks are apart: a heartbeat that is as the one before costs a server next to nothing. Loop-bound. */
final class ClockTelling {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Loop loop;
    /** By the loop's {@code elapsed}; null: not since it connected. */
    private @Nullable Duration told;

    ClockTelling(Loop loop) {
        this.loop = loop;
    }

    /** What waited for a connection told an older time. */
    void connected() {
        told = null;
    }

    /** In milliseconds; null: not this time. */
    @Nullable
    Long next() {
        Duration now = loop.elapsed();
        if (told != null && now.minus(told).compareTo(AGAIN) < 0) {
            return null;
        }
        told = now;
        return loop.now().toEpochMilli();
    }
}
