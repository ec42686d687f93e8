package io.knit.api.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of the times of a schedule. Stored: a time is decided once, whoever restarts and however the clock is set.
 *
 * @param after all times until this one are decided; it never goes back
 * @param runs those under way, and those that are kept, in the order of their times
 * @param skipped what was left out last; null: nothing was
 */
public record CronRuns(
        Instant after, List<CronRun> runs, @Nullable Skipped skipped) {

    /**
     * A time, or several, at which nothing was run.
     *
     * @param due the last of them
     * @param reason why, in words
     */
    public record Skipped(Instant due, String reason) {
        public Skipped {
            Objects.requireNonNull(due, "due");
            Objects.requireNonNull(reason, "reason");
        }
    }

    public CronRuns {
        Objects.requireNonNull(after, "after");
        runs = List.copyOf(runs);
    }

    /** Of one that nothing was run of: times count from now on. */
    public static CronRuns begin(Instant now) {
        return new CronRuns(now, List.of(), null);
    }

    /** Times count from that moment on, unless later ones are decided already. */
    public CronRuns from(Instant moment) {
        return moment.isAfter(after) ? new CronRuns(moment, runs, skipped) : this;
    }

    /** One more has begun, which decides its time. */
    public CronRuns beginning(CronRun run) {
        List<CronRun> next = new ArrayList<>(runs);
        next.add(run);
        return new CronRuns(run.due(), next, skipped);
    }

    /** That time, and all before it that were not decided, are left out. */
    public CronRuns skipping(Instant due, String reason) {
        return new CronRuns(due, runs, new Skipped(due, reason));
    }

    /** With these runs instead. */
    public CronRuns with(List<CronRun> next) {
        return new CronRuns(after, next, skipped);
    }

    /** With this one instead of that of the same time. */
    public CronRuns with(CronRun next) {
        return with(
                runs.stream().map(it -> it.due().equals(next.due()) ? next : it).toList());
    }

    /** The one of that time, or null. */
    public @Nullable CronRun of(Instant due) {
        return runs.stream().filter(it -> it.due().equals(due)).findFirst().orElse(null);
    }

    /** Those that are not over. */
    public List<CronRun> underWay() {
        return runs.stream().filter(it -> it.run().isUnderWay()).toList();
    }

    /** The last that is over, or null. */
    public @Nullable CronRun lastOver() {
        return runs.stream()
                .filter(it -> !it.run().isUnderWay())
                .reduce((older, newer) -> newer)
                .orElse(null);
    }
}
