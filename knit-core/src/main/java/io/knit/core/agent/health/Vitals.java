package io.knit.core.agent.health;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.core.agent.reconcile.memory.Check;
import java.time.Duration;

/**
 * What is known of the check of one run of a container, and when it is due next (pure). All times are of
 * {@link io.knit.api.spi.loop.Loop#elapsed}.
 *
 * @param check as it is told
 * @param failures in a row that count
 * @param tries since the start
 * @param startedAt when its container was started, or first seen
 * @param dueAt of the next check
 */
record Vitals(Check check, int failures, int tries, Duration startedAt, Duration dueAt) {
    /** The first checks come so soon, and then at twice the distance each: who is up sooner than its interval is not waited for that long. */
    private static final Duration SOON = Duration.ofMillis(100);

    private static final int MOST_DOUBLINGS = 20;
    private static final long PARTS = 1024;

    /**
     * Of a run that begins.
     *
     * @param instance spreads the first checks of many that begin at once
     */
    static Vitals of(String instance, Check check, Duration startedAt, Duration now) {
        long part = Math.floorMod(instance.hashCode() * 0x9E3779B1L, PARTS);
        return new Vitals(
                check, 0, 0, startedAt, now.plus(SOON.multipliedBy(part).dividedBy(PARTS)));
    }

    /** After a check of it ended. */
    Vitals after(Outcome outcome, HealthSpec spec, Duration now) {
        if (outcome.isWell()) {
            return new Vitals(new Check(Health.HEALTHY, ""), 0, tries + 1, startedAt, now.plus(spec.interval()));
        }
        if (isForgiven(spec, now)) {
            return new Vitals(check, 0, tries + 1, startedAt, now.plus(soon(spec)));
        }
        int inARow = failures + 1;
        Check next = inARow < spec.retries() ? check : new Check(Health.UNHEALTHY, words(outcome, inARow));
        return new Vitals(next, inARow, tries + 1, startedAt, now.plus(spec.interval()));
    }

    /** After a check of which nothing came: as much is known as before. */
    Vitals untold(HealthSpec spec, Duration now) {
        Duration wait = isForgiven(spec, now) ? soon(spec) : spec.interval();
        return new Vitals(check, failures, tries + 1, startedAt, now.plus(wait));
    }

    private boolean isForgiven(HealthSpec spec, Duration now) {
        return check.health() == Health.STARTING && now.minus(startedAt).compareTo(spec.grace()) < 0;
    }

    private Duration soon(HealthSpec spec) {
        Duration wait = SOON.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
        return wait.compareTo(spec.interval()) < 0 ? wait : spec.interval();
    }

    private static String words(Outcome outcome, int inARow) {
        return "health check: " + outcome.why() + (inARow == 1 ? "" : " (" + inARow + " times in a row)");
    }
}
