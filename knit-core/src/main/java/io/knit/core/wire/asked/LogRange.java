package io.knit.core.wire.asked;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of what an instance wrote.
 *
 * @param follow whether to go on with what it writes from now on
 * @param tail the last so many of those that are there; null: all
 * @param since from then on, as RFC 3339 with up to nine digits of a second; null: from the begin
 * @param after whether those of that very moment were had already
 * @param gaps whether who asks takes words of lines that are missing between others; null: it does not
 * @param part of which container beside the main one, or before it, by its name in the spec; only for agents with the feature {@code part_streams}. Null: of the main one
 */
public record LogRange(
        boolean follow,
        @Nullable Integer tail,
        @Nullable String since,
        boolean after,
        @Nullable Boolean gaps,
        @Nullable String part) {
    /** Of who takes lines alone. */
    public LogRange(boolean follow, @Nullable Integer tail, @Nullable String since, boolean after) {
        this(follow, tail, since, after, null, null);
    }

    /** Of one that is read from its begin on, since it came while it was followed. */
    public LogRange ofNewcomer() {
        return new LogRange(true, null, null, false, gaps, part);
    }

    /**
     * Of one that was read up to a line, and then was out of reach.
     *
     * @param last when that was written; null: there was none
     */
    public LogRange goingOn(@Nullable Instant last) {
        return last == null ? this : new LogRange(follow, null, last.toString(), true, gaps, part);
    }
}
