package io.knit.api.model;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a deployment has come with its present revision. Stored: deadlines, pauses and canaries outlive the server.
 *
 * @param from the revision that it began with; 0: none
 * @param phase where it stands
 * @param since when the phase began
 * @param progressAt when the last slot was done, or it began or was resumed; of the time for which a server was there, not of the day
 * @param moved how many slots were done
 * @param failures how many of its instances failed since it began, was resumed or was promoted
 * @param promoted whether the slots beyond the canaries may follow
 * @param healthy the newest revision that was healthy in every slot; 0: none was
 * @param reason why it is in this phase, in words; while slots are replaced, why it has failed all the same; empty if there is nothing to say
 * @param failed the ids of those that failed, so that none counts twice; no more than say that it failed
 * @param away the nodes that were given it as canaries of a {@code global} deployment and are down, paused, drained or not wanted any more: each counts as
 *     one until it is back or forgotten, or this is promoted
 * @param waitsSince since when it has waited for others, or for a value, by the time of {@code progressAt}, for which time stands: once it goes on, that is
 *     so much later; null: it does not wait
 */
public record Rollout(
        int from,
        Phase phase,
        Instant since,
        Instant progressAt,
        int moved,
        int failures,
        boolean promoted,
        int healthy,
        String reason,
        List<String> failed,
        List<String> away,
        @Nullable Instant waitsSince) {

    /** Where a rollout stands. */
    public enum Phase {
        /** Slots are replaced. */
        MOVING,
        /** The canaries are healthy; the others wait until it is promoted. */
        CANARY,
        /** It failed, and no further slot is replaced. */
        PAUSED,
        /** It goes back to a revision that was healthy. */
        ROLLING_BACK,
        /** Every slot is done. */
        DONE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of a deployment that nothing is known of. */
    public static final Rollout NONE =
            new Rollout(0, Phase.DONE, Instant.EPOCH, Instant.EPOCH, 0, 0, false, 0, "", List.of(), List.of());

    public Rollout {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(progressAt, "progressAt");
        Objects.requireNonNull(reason, "reason");
        failed = List.copyOf(failed);
        away = List.copyOf(away);
    }

    /** One that does not wait for others. */
    public Rollout(
            int from,
            Phase phase,
            Instant since,
            Instant progressAt,
            int moved,
            int failures,
            boolean promoted,
            int healthy,
            String reason,
            List<String> failed,
            List<String> away) {
        this(from, phase, since, progressAt, moved, failures, promoted, healthy, reason, failed, away, null);
    }

    /** Of a new revision, when an older one was there. */
    public Rollout begin(int fromRevision, Instant now, Instant served) {
        return new Rollout(fromRevision, Phase.MOVING, now, served, 0, 0, false, healthy, "", List.of(), List.of());
    }

    /** In another phase. */
    public Rollout in(Phase next, String why, Instant now) {
        return new Rollout(from, next, now, progressAt, moved, failures, promoted, healthy, why, failed, away);
    }

    /** It has failed, for this reason, and goes on all the same: there is nothing to hold up and nothing to go back to. */
    public Rollout failedFor(String why) {
        return new Rollout(
                from, phase, since, progressAt, moved, failures, promoted, healthy, why, failed, away, waitsSince);
    }

    /** Nothing of it is left to be done; this is the newest revision that was healthy in every slot. */
    public Rollout done(int newestHealthy, Instant now) {
        String why = phase == Phase.ROLLING_BACK ? reason : "";
        return new Rollout(
                from, Phase.DONE, now, progressAt, moved, failures, promoted, newestHealthy, why, List.of(), List.of());
    }

    /** So many slots are done. */
    public Rollout progressed(int slots, Instant served) {
        boolean more = slots > moved;
        return new Rollout(
                from,
                phase,
                since,
                more ? served : progressAt,
                slots,
                failures,
                promoted,
                healthy,
                reason,
                failed,
                away,
                more && waitsSince != null ? served : waitsSince);
    }

    /** So many slots are done, none of them for the first time. */
    public Rollout regained(int slots) {
        return new Rollout(
                from, phase, since, progressAt, slots, failures, promoted, healthy, reason, failed, away, waitsSince);
    }

    /**
     * The same on its time: what may go by without progress is counted from then on.
     *
     * @param counted when the last slot was done, or it began, without what it waited since
     * @param waits since when it waits for others, or for a value; null: it does not
     */
    public Rollout timed(Instant counted, @Nullable Instant waits) {
        return new Rollout(
                from, phase, since, counted, moved, failures, promoted, healthy, reason, failed, away, waits);
    }

    /** So many of its instances failed, whichever they are. */
    public Rollout failing(int instances) {
        return new Rollout(
                from, phase, since, progressAt, moved, instances, promoted, healthy, reason, failed, away, waitsSince);
    }

    /**
     * These of its instances fail now.
     *
     * @param ids those that are known count once
     * @param most so many are remembered
     */
    public Rollout failing(Collection<String> ids, int most) {
        Set<String> all = new LinkedHashSet<>(failed);
        ids.stream().filter(id -> all.size() < most).forEach(all::add);
        // what an older server counted it did not name; those beyond are counted as long as they fail
        int beyond =
                (int) ids.stream().distinct().filter(id -> !all.contains(id)).count();
        int counted = Math.max(failures, all.size() + beyond);
        return all.size() == failed.size() && counted == failures
                ? this
                : new Rollout(
                        from,
                        phase,
                        since,
                        progressAt,
                        moved,
                        counted,
                        promoted,
                        healthy,
                        reason,
                        List.copyOf(all),
                        away,
                        waitsSince);
    }

    /** Goes on after a failure, which is forgiven. */
    public Rollout resumed(Instant now, Instant served) {
        return new Rollout(from, Phase.MOVING, now, served, moved, 0, promoted, healthy, "", List.of(), away);
    }

    /** Goes on beyond the canaries. */
    public Rollout promotedAt(Instant now, Instant served) {
        return new Rollout(from, Phase.MOVING, now, served, moved, 0, true, healthy, "", List.of(), List.of());
    }

    /** The same, with these of its canaries away. */
    public Rollout away(List<String> nodes) {
        return away.equals(nodes)
                ? this
                : new Rollout(
                        from,
                        phase,
                        since,
                        progressAt,
                        moved,
                        failures,
                        promoted,
                        healthy,
                        reason,
                        failed,
                        nodes,
                        waitsSince);
    }

    /** Its canaries are tried on, as those that it waited for are back or forgotten; that time does not count. */
    public Rollout triedOn(Instant now, Instant served) {
        return new Rollout(from, Phase.MOVING, now, served, moved, failures, promoted, healthy, "", failed, away);
    }

    /**
     * Whether it waits for canaries that are away: not for its promotion alone, and nothing new is given it before.
     *
     * @param canaries how many there are to be
     */
    public boolean awaits(int canaries) {
        return phase == Phase.CANARY && !away.isEmpty() && moved < canaries;
    }

    /** Whether it has failed by its deployment's rules, and did not go back: nothing more is replaced, or, of a first revision, it is tried on. */
    public boolean hasFailed() {
        return phase == Phase.PAUSED || phase == Phase.MOVING && !reason.isEmpty();
    }

    /** Whether slots are still to be replaced, now or later. */
    public boolean isUnderWay() {
        return phase != Phase.DONE;
    }
}
