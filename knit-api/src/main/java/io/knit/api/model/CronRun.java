package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;

/**
 * One run of a job that runs by the clock.
 *
 * @param due the time of its schedule, by which it is known: there is never another run of that time
 * @param begun when it really began; a moment later, or much later where it was made up for
 * @param run how far it has come
 */
public record CronRun(Instant due, Instant begun, JobRun run) {
    public CronRun {
        Objects.requireNonNull(due, "due");
        Objects.requireNonNull(begun, "begun");
        Objects.requireNonNull(run, "run");
    }

    /** It has come so far. */
    public CronRun with(JobRun next) {
        return next.equals(run) ? this : new CronRun(due, begun, next);
    }
}
