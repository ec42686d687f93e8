package io.knit.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines are asked for.
 *
 * @param follow whether to go on with what is written from now on
 * @param tail the last so many of each instance; null: all
 * @param since none before; null: from the begin
 */
public record LogTerms(
        boolean follow, @Nullable Integer tail, @Nullable Instant since) {
    /** All that is there. */
    public static LogTerms all() {
        return new LogTerms(false, null, null);
    }
}
