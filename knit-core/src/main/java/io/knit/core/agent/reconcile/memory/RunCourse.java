package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.Health;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the run of an instance's container goes.
 *
 * @param stint since when it runs, and is well, or null: it does not run, or it ended since
 * @param check how it stands with its check; {@code UNHEALTHY} until it was started again
 */
record RunCourse(@Nullable Stint stint, Check check) {
    /** Of one that does not run, and that nothing checks. */
    static final RunCourse NONE = new RunCourse(null, Check.NONE);

    /** It runs, as of now. */
    static RunCourse begun(Duration now, Health health) {
        return new RunCourse(Stint.begun(now, health), new Check(health, ""));
    }

    /** It was found running: what its check said is no other for that. */
    RunCourse found(Duration now) {
        return new RunCourse(Stint.begun(now, check.health()), check);
    }

    /** So its check stands as of now. */
    RunCourse checked(Check next, Duration now) {
        return new RunCourse(stint == null ? null : stint.checked(next.health(), now), next);
    }

    /** An earlier run of its agent knew how its check stands. */
    RunCourse known(Check before) {
        return new RunCourse(stint, before);
    }

    /** It does not run any more, and of the next run its check has said nothing. */
    RunCourse ended() {
        return ended(check.again());
    }

    /** It does not run any more. */
    RunCourse ended(Check last) {
        return new RunCourse(null, last);
    }
}
