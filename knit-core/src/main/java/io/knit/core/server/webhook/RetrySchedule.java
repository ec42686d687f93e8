package io.knit.core.server.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When a message is sent again that did not arrive (pure): the schedule that standard-webhooks gives as its example, three days long. */
public final class RetrySchedule {
    /** Between one attempt and the next. */
    static final List<Duration> WAITS = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    /** What a receiver may ask for at most. */
    static final Duration LONGEST_ASKED = Duration.ofHours(1);

    /** Of a wait, by which those of several webhooks are moved apart. */
    private static final double SPREAD = 0.1;

    private RetrySchedule() {}

    /**
     * How long to wait after so many attempts in vain; empty: there is no other.
     *
     * @param attempts 1 and more
     * @param asked how long the receiver asked to wait ({@code Retry-After}); zero: it did not
     * @param chance 0–1: how much of the spread to take
     */
    public static Optional<Duration> after(int attempts, Duration asked, double chance) {
        if (attempts > WAITS.size()) {
            return Optional.empty();
        }
        Duration wait = WAITS.get(attempts - 1);
        Duration spread = Duration.ofMillis(Math.round(wait.toMillis() * SPREAD * Math.min(1, Math.max(0, chance))));
        Duration bounded = asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        Duration whole = wait.plus(spread);
        return Optional.of(whole.compareTo(bounded) < 0 ? bounded : whole);
    }
}
