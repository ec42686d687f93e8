package io.knit.core.server.plan;

import java.time.Duration;

/** How long a node that could not take an instance is not asked again. */
public final class Retries {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private Retries() {}

    /** 1 s, doubling to 1 min; {@code attempt} from 1. */
    public static Duration after(int attempt) {
        int doublings = Math.min(attempt - 1, 6);
        Duration wait = FIRST.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
