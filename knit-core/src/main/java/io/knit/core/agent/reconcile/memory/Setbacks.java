package io.knit.core.agent.reconcile.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an instance failed, and what is waited out for that. All its times are of {@link io.knit.api.spi.loop.Loop#elapsed}.
 *
 * @param restarts how often its container was started again
 * @param inARow how often in a row it ended or could not be started
 * @param notBefore earliest time of the next try to start it, or null: no failure is being waited out
 * @param lastEnd how it ended, until it runs again; else null. One that its agent ended and that is found running has it as long as that end may be under way
 * @param ends when it ended, within the window in which its spec counts that; empty where it does not
 */
record Setbacks(
        int restarts,
        int inARow,
        @Nullable Duration notBefore,
        @Nullable LastEnd lastEnd,
        List<Duration> ends) {
    static final Setbacks NONE = new Setbacks(0, 0, null, null, List.of());

    Setbacks {
        ends = List.copyOf(ends);
    }

    /**
     * How an instance ended.
     *
     * @param words for a user
     * @param byAgent whether its agent ended it, to start it again: what it ended with says nothing of whether it did what it was for
     * @param isForGood whether it is not started again
     */
    record LastEnd(String words, boolean byAgent, boolean isForGood) {
        static LastEnd byItself(String words) {
            return new LastEnd(words, false, false);
        }

        static LastEnd byAgent(String words) {
            return new LastEnd(words, true, false);
        }

        static LastEnd forGood(String words) {
            return new LastEnd(words, false, true);
        }
    }

    /** It runs: that it failed in a row is forgotten only when it was well for long. */
    Setbacks started() {
        return new Setbacks(lastEnd == null ? restarts : restarts + 1, inARow, null, null, ends);
    }

    /** It ended, or is over. */
    Setbacks ended(int times, @Nullable LastEnd how, @Nullable Duration next) {
        return new Setbacks(restarts, times, next, how, ends);
    }

    /** It could not be started. */
    Setbacks refused(int times, Duration next) {
        return new Setbacks(restarts, times, next, lastEnd, ends);
    }

    /** The next try is then; null: nothing is waited out. */
    Setbacks until(@Nullable Duration next) {
        return new Setbacks(restarts, inARow, next, lastEnd, ends);
    }

    /** How it ended does not matter any more. */
    Setbacks withoutEnd() {
        return new Setbacks(restarts, inARow, notBefore, null, ends);
    }

    Setbacks with(List<Duration> counted) {
        return new Setbacks(restarts, inARow, notBefore, lastEnd, counted);
    }

    /** It ended now, which counts for so long. */
    Setbacks counting(Duration now, Duration window) {
        List<Duration> counted = new ArrayList<>(ends);
        counted.removeIf(end -> end.compareTo(now.minus(window)) < 0);
        counted.add(now);
        return with(counted);
    }

    /** Nothing of it is there any more. */
    Setbacks over() {
        return new Setbacks(restarts, 0, null, null, List.of());
    }

    boolean waits(Duration now) {
        return notBefore != null && now.compareTo(notBefore) < 0;
    }
}
