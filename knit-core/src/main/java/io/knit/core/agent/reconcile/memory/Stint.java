package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.Health;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One run of a container, and how long it was well in it: what nothing checks is well while it runs. All its times are of
 * {@link io.knit.api.spi.loop.Loop#elapsed}.
 *
 * @param since when this agent first knew it to run
 * @param wellSince since when it is well, or null: it is not
 * @param well how long it was well, the longest of the stretches that are over
 */
record Stint(Duration since, @Nullable Duration wellSince, Duration well) {
    static Stint begun(Duration now, Health health) {
        return new Stint(now, isWell(health) ? now : null, Duration.ZERO);
    }

    /** So its check stands as of now. */
    Stint checked(Health health, Duration now) {
        if (isWell(health)) {
            return wellSince == null ? new Stint(since, now, well) : this;
        }
        return wellSince == null ? this : new Stint(since, null, longestWell(now));
    }

    Duration longestWell(Duration now) {
        Duration present = wellSince == null ? Duration.ZERO : now.minus(wellSince);
        return present.compareTo(well) > 0 ? present : well;
    }

    private static boolean isWell(Health health) {
        return health == Health.NONE || health == Health.HEALTHY;
    }
}
