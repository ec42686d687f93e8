package io.knit.core.agent.session;

import java.time.Duration;

/**
 * How long a page of assignments may take and how large it should be, by what was seen of the link: a deadline that a slow one never meets would have the
 * same bytes sent for ever. Only on the loop.
 */
final class Pace {
    static final int LARGEST = 256 * 1024;
    static final int SMALLEST = 16 * 1024;
    /** One assignment of the largest spec still comes through at 30 KB/s; what was lost is not waited for much longer than a heartbeat. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private final Duration least;
    private Duration deadline;
    private int bytes = LARGEST;

    Pace(Duration least) {
        this.least = least;
        this.deadline = least;
    }

    Duration deadline() {
        return deadline;
    }

    int bytes() {
        return bytes;
    }

    void late() {
        Duration twice = deadline.multipliedBy(2);
        deadline = twice.compareTo(LONGEST) < 0 ? twice : max(LONGEST, least);
        bytes = Math.max(SMALLEST, bytes / 2);
    }

    void came(Duration after) {
        Duration enough = after.multipliedBy(4);
        deadline = max(least, enough.compareTo(LONGEST) < 0 ? enough : LONGEST);
        if (after.multipliedBy(8).compareTo(least) < 0) {
            bytes = Math.min(LARGEST, bytes * 2);
        }
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
