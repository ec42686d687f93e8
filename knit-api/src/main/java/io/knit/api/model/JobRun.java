package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;

/**
 * How far a job has come. Stored: what was counted once is not counted again, whoever restarts or is lost.
 *
 * @param revision the one that is run: each is a run of its own
 * @param phase where it stands
 * @param since when the phase began
 * @param completed the slots that ended with 0, in their order
 * @param failures how many attempts failed
 * @param notBefore no attempt begins before this time, of those for which a server was there
 * @param reason how the last attempt failed, in words; empty: none did
 */
public record JobRun(
        int revision,
        Phase phase,
        Instant since,
        List<Integer> completed,
        int failures,
        Instant notBefore,
        String reason) {

    /** Where a run stands. */
    public enum Phase {
        RUNNING,
        /** All slots ended with 0. */
        COMPLETED,
        /** More attempts failed than may. */
        FAILED,
        /** It was stopped before it was over, as another takes its place. */
        REPLACED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public JobRun {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(since, "since");
        completed = List.copyOf(completed);
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(reason, "reason");
    }

    /** Of a revision of which nothing was run yet. */
    public static JobRun begin(int revision, Instant now, Instant served) {
        return new JobRun(revision, Phase.RUNNING, now, List.of(), 0, served, "");
    }

    /** Whether attempts are still to be made. */
    public boolean isUnderWay() {
        return phase == Phase.RUNNING;
    }

    /** The slot ended with 0. Of one that is counted already nothing changes. */
    public JobRun completing(int slot) {
        TreeSet<Integer> next = new TreeSet<>(completed);
        return next.add(slot)
                ? new JobRun(revision, phase, since, List.copyOf(next), failures, notBefore, reason)
                : this;
    }

    /** One more attempt failed; the next waits until then. */
    public JobRun failing(String why, Instant next) {
        return new JobRun(revision, phase, since, completed, failures + 1, next, why);
    }

    /** It is over. */
    public JobRun in(Phase next, String why, Instant now) {
        return new JobRun(revision, next, now, completed, failures, notBefore, why);
    }
}
