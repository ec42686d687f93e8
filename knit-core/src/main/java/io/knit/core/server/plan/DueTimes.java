package io.knit.core.server.plan;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.CronSpec.Overlap;
import io.knit.api.model.JobRun;
import io.knit.api.spi.Durations;
import io.knit.core.rules.clock.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which times of a schedule are due, and what becomes of each: a run begins, or it is left out. A time is decided once, and what counts is the
 * time of the schedule and not when anybody looked: so a clock that is set, and a server that was away, double nothing.
 */
final class DueTimes {
    /** However little is made up for: so late nobody was away, or only for a restart. */
    private static final Duration PUNCTUAL = Duration.ofMinutes(1);
    /** A clock may be set meanwhile, and nobody tells: it is looked at again after so long at most. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);
    /** Side by side. */
    private static final int MOST_UNDER_WAY = 10;

    private final Schedule schedule;
    private final CronSpec cron;
    private final int revision;
    private final Instant now;
    private final Instant served;

    DueTimes(Schedule schedule, CronSpec cron, int revision, Instant now, Instant served) {
        this.schedule = schedule;
        this.cron = cron;
        this.revision = revision;
        this.now = now;
        this.served = served;
    }

    /** What the times until now change, one after the other. */
    List<CronRuns> decide(CronRuns runs) {
        Optional<Instant> first = schedule.next(runs.after());
        if (first.isEmpty() || first.get().isAfter(now)) {
            return List.of();
        }
        List<CronRuns> steps = new ArrayList<>();
        Instant due = schedule.last(first.get(), now);
        CronRuns present = runs;
        Duration late = Duration.between(due, now);
        if (late.compareTo(PUNCTUAL) > 0 && late.compareTo(cron.catchUp()) > 0) {
            return List.of(runs.skipping(
                    due,
                    missed(first.get(), due) + "missed: no server was there, or a clock was set; cron.catch_up is "
                            + Durations.text(cron.catchUp())));
        }
        if (due.isAfter(first.get())) {
            Instant before = before(first.get(), due);
            present = present.skipping(
                    before,
                    missed(first.get(), before) + "missed: no server was there, or a clock was set; only the last, "
                            + due + ", is made up for");
            steps.add(present);
        }
        List<CronRun> underWay = present.underWay();
        Optional<String> against = against(underWay);
        if (against.isPresent()) {
            steps.add(present.skipping(due, due + " is left out: " + against.get()));
            return steps;
        }
        if (cron.overlap() == Overlap.REPLACE) {
            for (CronRun old : underWay) {
                String why = "the run of " + due + " takes its place";
                present = present.with(old.with(old.run().in(JobRun.Phase.REPLACED, why, now)));
                steps.add(present);
            }
        }
        steps.add(present.beginning(new CronRun(due, now, JobRun.begin(revision, now, served))));
        return steps;
    }

    private Instant before(Instant first, Instant due) {
        return schedule.last(first, due.minusMillis(1));
    }

    private static String missed(Instant first, Instant last) {
        return first.equals(last) ? first + " was " : "the times from " + first + " to " + last + " were ";
    }

    private Optional<String> against(List<CronRun> underWay) {
        if (underWay.isEmpty()) {
            return Optional.empty();
        }
        if (cron.overlap() == Overlap.FORBID) {
            return Optional.of(
                    "the run of " + underWay.get(0).due() + " is still under way, and cron.overlap is forbid");
        }
        return cron.overlap() == Overlap.ALLOW && underWay.size() >= MOST_UNDER_WAY
                ? Optional.of(underWay.size() + " runs are still under way, and there are no more side by side")
                : Optional.empty();
    }

    /** When to look again, of the time for which a server was there; empty: nothing is ever due. */
    Optional<Instant> again(CronRuns runs) {
        return schedule.next(runs.after()).map(due -> {
            Duration wait = Duration.between(now, due);
            return served.plus(wait.compareTo(LONGEST_LOOK) < 0 ? wait : LONGEST_LOOK);
        });
    }
}
