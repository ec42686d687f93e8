package io.knit.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines are asked for.
 *
 * @param follow whether to go on with what is written from now on
 * @param tail the last so many of each instance; null: all
 * @param since none before; null: from the begin
 * @param part of which sidecar or init container; null: of the main container
 */
public record LogTerms(
        boolean follow,
        @Nullable Integer tail,
        @Nullable Instant since,
        @Nullable String part) {
    /** Of main containers. */
    public LogTerms(boolean follow, @Nullable Integer tail, @Nullable Instant since) {
        this(follow, tail, since, null);
    }

    /** All that is there. */
    public static LogTerms all() {
        return new LogTerms(false, null, null, null);
    }
}
