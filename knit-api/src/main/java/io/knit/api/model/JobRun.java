package io.knit.api.model;

import java.time.Instant;
import java.util.ArrayList;
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
 * @param ended the newest {@value #MOST_ENDED} attempts that ended with 0, in the order in which they were counted: where what they wrote is kept; empty
 *     also where a release counted them that did not note it
 */
public record JobRun(
        int revision,
        Phase phase,
        Instant since,
        List<Integer> completed,
        int failures,
        Instant notBefore,
        String reason,
        List<Attempt> ended) {
    /** So many attempts that ended well are remembered. */
    public static final int MOST_ENDED = 20;

    /**
     * An attempt that is over.
     *
     * @param instance its id
     * @param node on which it ran
     */
    public record Attempt(String instance, String node) {
        public Attempt {
            Objects.requireNonNull(instance, "instance");
            Objects.requireNonNull(node, "node");
        }
    }

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
        ended = List.copyOf(ended);
    }

    /** One of which nobody knows which attempts ended well. */
    public JobRun(
            int revision,
            Phase phase,
            Instant since,
            List<Integer> completed,
            int failures,
            Instant notBefore,
            String reason) {
        this(revision, phase, since, completed, failures, notBefore, reason, List.of());
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
                ? new JobRun(revision, phase, since, List.copyOf(next), failures, notBefore, reason, ended)
                : this;
    }

    /** The slot ended with 0, by this attempt. Of one that is counted already nothing changes. */
    public JobRun completing(int slot, Attempt by) {
        JobRun next = completing(slot);
        if (next == this) {
            return this;
        }
        List<Attempt> all = new ArrayList<>(ended);
        all.add(by);
        return new JobRun(
                revision,
                phase,
                since,
                next.completed,
                failures,
                notBefore,
                reason,
                all.subList(Math.max(0, all.size() - MOST_ENDED), all.size()));
    }

    /** One more attempt failed; the next waits until then. */
    public JobRun failing(String why, Instant next) {
        return new JobRun(revision, phase, since, completed, failures + 1, next, why, ended);
    }

    /** It is over. */
    public JobRun in(Phase next, String why, Instant now) {
        return new JobRun(revision, next, now, completed, failures, notBefore, why, ended);
    }
}
