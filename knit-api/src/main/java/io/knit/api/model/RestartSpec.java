package io.knit.api.model;

import java.time.Duration;
import java.util.Objects;

/**
 * What becomes of an instance whose container ended, could not be started, or is unhealthy.
 *
 * @param condition when it is started again
 * @param delay until then, the first time; doubles each time to a minute
 * @param attempts so often within {@code window}, then the instance has failed; 0: without end
 * @param window see {@code attempts}
 */
public record RestartSpec(Condition condition, Duration delay, int attempts, Duration window) {
    /** What a spec has that says nothing of it. */
    public static final RestartSpec DEFAULT =
            new RestartSpec(Condition.ALWAYS, Duration.ofSeconds(1), 0, Duration.ofMinutes(10));

    /** One attempt, as a job's instances have it: who starts the next is the server. */
    public static final RestartSpec ONCE =
            new RestartSpec(Condition.NEVER, DEFAULT.delay, DEFAULT.attempts, DEFAULT.window);

    public RestartSpec {
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(window, "window");
    }

    /** When an instance is started again. */
    public enum Condition {
        ALWAYS,
        /** Unless its program ended with 0. */
        ON_FAILURE,
        NEVER
    }
}
