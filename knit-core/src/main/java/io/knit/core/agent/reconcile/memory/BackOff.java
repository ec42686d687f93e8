package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.RestartSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next try.
 *
 * @param first after the first failure; doubles with each
 * @param most the longest wait
 * @param stableAfter who was well this long at a stretch, or ran so long with nothing that checks it, begins with {@code first} again
 * @param who waits, so that not all who failed at the same moment try at the same moment again; empty: nobody in particular
 */
public record BackOff(Duration first, Duration most, Duration stableAfter, String who) {
    private static final int MOST_DOUBLINGS = 30;
    /** In thousandths: up to a tenth of a wait is left out, as is usual; a longer one than was asked for would be none of the user's. */
    private static final int JITTER = 100;

    public BackOff(Duration first, Duration most, Duration stableAfter) {
        this(first, most, stableAfter, "");
    }

    /** The same, for this instance and as its spec wants it. */
    public BackOff of(RestartSpec restart, String instance) {
        boolean isDefault = restart.delay().equals(RestartSpec.DEFAULT.delay());
        return new BackOff(isDefault ? first : restart.delay(), most, stableAfter, instance);
    }

    /** The wait after the n-th failure in a row, n from 1. */
    Duration after(int failures) {
        int doublings = Math.min(Math.max(failures - 1, 0), MOST_DOUBLINGS);
        if (first.compareTo(most.dividedBy(1L << doublings)) >= 0) {
            return most;
        }
        return first.multipliedBy(1L << doublings);
    }

    /**
     * What is waited after the n-th failure in a row, n from 1: {@link #after} less a part of it that is the same for the same instance and n. The first wait
     * is whole.
     */
    Duration spread(int failures) {
        Duration wait = after(failures);
        if (failures < 2 || who.isEmpty()) {
            return wait;
        }
        int part = Math.floorMod(mixed(who.hashCode() + failures), JITTER + 1);
        return wait.minus(wait.multipliedBy(part).dividedBy(1000));
    }

    /** Hashes of names that hardly differ hardly differ; this is the last step of MurmurHash3, after which all bits do. */
    private static int mixed(int hash) {
        int one = (hash ^ hash >>> 16) * 0x85EBCA6B;
        int two = (one ^ one >>> 13) * 0xC2B2AE35;
        return two ^ two >>> 16;
    }

    /** Of what nothing checks. */
    boolean wasStable(@Nullable Duration runningSince, Duration now) {
        return runningSince != null && now.minus(runningSince).compareTo(stableAfter) >= 0;
    }

    boolean wasStable(@Nullable Stint stint, Duration now) {
        return stint != null && stint.longestWell(now).compareTo(stableAfter) >= 0;
    }

    /** A wait in words: {@code 2 s}. */
    static String words(Duration wait) {
        if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
            return wait.toMillis() + " ms";
        }
        return wait.toSeconds() < 60 ? wait.toSeconds() + " s" : wait.toMinutes() + " min";
    }
}
