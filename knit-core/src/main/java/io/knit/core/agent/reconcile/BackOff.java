package io.knit.core.agent.reconcile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next try.
 *
 * @param first after the first failure; doubles with each
 * @param most the longest wait
 * @param stableAfter who ran this long begins with {@code first} again
 */
public record BackOff(Duration first, Duration most, Duration stableAfter) {
    private static final int MOST_DOUBLINGS = 30;

    /** The same, but for the first wait. */
    BackOff from(Duration other) {
        return new BackOff(other, most, stableAfter);
    }

    /** The wait after the n-th failure in a row, n from 1. */
    Duration after(int failures) {
        int doublings = Math.min(Math.max(failures - 1, 0), MOST_DOUBLINGS);
        if (first.compareTo(most.dividedBy(1L << doublings)) >= 0) {
            return most;
        }
        return first.multipliedBy(1L << doublings);
    }

    boolean wasStable(@Nullable Duration runningSince, Duration now) {
        return runningSince != null && now.minus(runningSince).compareTo(stableAfter) >= 0;
    }

    /** A wait in words: {@code 2 s}. */
    static String words(Duration wait) {
        if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
            return wait.toMillis() + " ms";
        }
        return wait.toSeconds() < 60 ? wait.toSeconds() + " s" : wait.toMinutes() + " min";
    }
}
