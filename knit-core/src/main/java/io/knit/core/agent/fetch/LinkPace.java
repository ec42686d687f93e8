package io.knit.core.agent.fetch;

import java.time.Duration;

/**
 * How long an answer may take, and how much to put into one message, by what was seen of the link: a deadline that a slow one never meets would have the
 * same bytes sent for ever. Only on the loop.
 */
final class LinkPace {
    static final int LARGEST = 256 * 1024;
    static final int SMALLEST = 16 * 1024;
    /** A link that carries less is of no use: one assignment of the largest spec comes through at this pace within {@link #LONGEST}. */
    static final int LEAST_BYTES_A_SECOND = 30 * 1024;
    /** What was lost is not waited for much longer than a heartbeat. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private final Duration least;
    private Duration deadline;
    private int bytes = LARGEST;

    LinkPace(Duration least) {
        this.least = least;
        this.deadline = least;
    }

    /**
     * Until a question counts as not answered.
     *
     * @param sent how many bytes have to go out before the answer can come: its own, and those on their way
     */
    Duration deadline(long sent) {
        return bounded(deadline.plusMillis(sent * 1_000 / LEAST_BYTES_A_SECOND));
    }

    int bytes() {
        return bytes;
    }

    /** There was no answer for so long. One that fails at once, since nobody listens, tells nothing of the link. */
    void failed(Duration after, Duration allowed) {
        if (after.multipliedBy(2).compareTo(allowed) >= 0) {
            deadline = bounded(deadline.multipliedBy(2));
            bytes = Math.max(SMALLEST, bytes / 2);
        }
    }

    void came(Duration after) {
        deadline = max(least, bounded(after.multipliedBy(4)));
        if (after.multipliedBy(8).compareTo(least) < 0) {
            bytes = Math.min(LARGEST, bytes * 2);
        }
    }

    private Duration bounded(Duration wish) {
        Duration most = max(LONGEST, least);
        return wish.compareTo(most) < 0 ? wish : most;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
