package io.knit.core.server.plan;

import io.knit.api.model.Instance;
import java.time.Duration;

/** How long a node that could not take an instance is not asked again, and for how long that is remembered. */
public final class Retries {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** Who was healthy so long at a stretch did well where it was: what comes after its failure begins anew. */
    private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(10);

    private Retries() {}

    /** Whether what led to it counts no more, as it did its work for long enough since. */
    static boolean areForgotten(Instance failed) {
        return failed.observed().wellFor().compareTo(FORGIVEN_AFTER) >= 0;
    }

    /** 1 s, doubling to 1 min; {@code attempt} from 1. */
    public static Duration after(int attempt) {
        int doublings = Math.min(attempt - 1, 6);
        Duration wait = FIRST.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
