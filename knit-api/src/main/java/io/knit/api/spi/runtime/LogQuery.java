package io.knit.api.spi.runtime;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines.
 *
 * @param follow whether to go on with what is written from now on
 * @param tail the last so many of those that are there, 0 or more; null: all
 * @param since none before; null: from the begin
 */
public record LogQuery(
        boolean follow, @Nullable Integer tail, @Nullable Instant since) {
    public LogQuery {
        if (tail != null && tail < 0) {
            throw new IllegalArgumentException("tail is " + tail + "; give 0 or more, or leave it out");
        }
    }
}
