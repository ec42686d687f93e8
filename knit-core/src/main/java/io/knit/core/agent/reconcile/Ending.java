package io.knit.core.agent.reconcile;

import io.knit.api.model.RestartSpec;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance that ended is not started again.
 *
 * @param isComplete whether it did what it was for
 */
public record Ending(String words, boolean isComplete) {
    private static final String CLEAN = "exit code 0";

    /** @param how how it ended, in words */
    public String after(String how) {
        return how + "; " + words;
    }

    /**
     * Null: it is started again.
     *
     * @param exit how it ended, or null: nobody knows, or its check failed
     * @param ends when it ended, this time included; only those that count
     */
    static @Nullable Ending of(RestartSpec restart, @Nullable String exit, List<Duration> ends) {
        boolean clean = CLEAN.equals(exit);
        switch (restart.condition()) {
            case NEVER -> {
                return new Ending("restart.condition is never, so it is not started again", clean);
            }
            case ON_FAILURE -> {
                if (clean) {
                    return new Ending("restart.condition is on_failure, so it is not started again", true);
                }
            }
            case ALWAYS -> {}
        }
        return usedUp(restart, ends);
    }

    /** Null: it may be tried again. */
    public static @Nullable Ending usedUp(RestartSpec restart, List<Duration> ends) {
        return restart.attempts() > 0 && ends.size() > restart.attempts()
                ? new Ending(
                        "restart.attempts, " + restart.attempts() + " within " + Durations.text(restart.window())
                                + ", are used up",
                        false)
                : null;
    }
}
