package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a rollout has come, and whether it failed, by how its slots stand at a moment. */
final class Progress {
    private final Deployment deployment;
    private final Rollout before;
    private final Update rules;
    private final Instant now;
    private final Instant served;
    private @Nullable Instant again;
    private int slots;
    private int settled;
    private int steady;
    private int failed;
    private String said = "";

    Progress(Deployment deployment, Instant now, Instant served) {
        this.deployment = deployment;
        this.before = deployment.rollout();
        this.rules = deployment.spec().update();
        this.now = now;
        this.served = served;
    }

    /** Whether an instance has done its work for long enough for others to rely on it. */
    boolean isSteady(Instance instance) {
        if (before.phase() == Phase.ROLLING_BACK) {
            return true;
        }
        Instant steady = instance.healthySince().plus(rules.minHealthy());
        return isOver(steady);
    }

    /**
     * One more slot.
     *
     * @param done whether nothing is left to be done for it
     * @param healthy whether it does its work
     */
    void count(Slot slot, boolean done, boolean healthy) {
        slots++;
        steady += healthy ? 1 : 0;
        settled += done ? 1 : 0;
        if (!done && before.isUnderWay()) {
            String why = failure(slot);
            if (why != null) {
                failed++;
                said = said.isEmpty() ? why : said;
            }
        }
    }

    /** How many slots are done. */
    int settled() {
        return settled;
    }

    /** When to look again though nothing happens. */
    Optional<Instant> again() {
        return Optional.ofNullable(again);
    }

    /** The rollout as it stands now. */
    Rollout rollout() {
        if (settled == slots) {
            int healthy = steady == slots ? deployment.revision() : before.healthy();
            boolean known = before.phase() == Phase.DONE && before.healthy() == healthy;
            return known ? before : before.done(healthy, now);
        }
        if (!before.isUnderWay() || before.phase() == Phase.PAUSED || before.phase() == Phase.ROLLING_BACK) {
            return before;
        }
        // of a first revision all slots are begun at once: how many are done is said by the instances
        Rollout counted = before.from() == 0 ? before : before.progressed(settled, served);
        counted = counted.failing(Math.max(failed, before.failures()));
        String why = failure(counted);
        if (why != null && !canGoBack()) {
            return counted.in(Phase.PAUSED, why, now);
        }
        return counted.phase() == Phase.MOVING && canariesStand() ? afterCanaries(counted) : counted;
    }

    /** Why everything goes back to the revision that was healthy last; null: it does not. */
    @Nullable
    String rollback() {
        boolean judged = before.phase() == Phase.MOVING || before.phase() == Phase.CANARY;
        return judged && settled < slots && canGoBack()
                ? failure(before.failing(Math.max(failed, before.failures())))
                : null;
    }

    private boolean canGoBack() {
        return rules.onFailure() == OnFailure.ROLLBACK
                && before.healthy() > 0
                && before.healthy() < deployment.revision();
    }

    private boolean canariesStand() {
        return rules.canary() > 0
                && before.from() > 0
                && !before.promoted()
                && settled >= Math.min(rules.canary(), slots);
    }

    private Rollout afterCanaries(Rollout counted) {
        return rules.autoPromote()
                ? counted.promotedAt(now, served)
                : counted.in(
                        Phase.CANARY,
                        settled + (settled == 1 ? " canary is" : " canaries are")
                                + " healthy; the others wait until it is promoted",
                        now);
    }

    private @Nullable String failure(Rollout rollout) {
        // of a first revision there is nothing to hold up and nothing to go back to
        if (rules.onFailure() == OnFailure.CONTINUE || rollout.from() == 0) {
            return null;
        }
        if (rollout.failures() > rules.maxFailures()) {
            return "revision " + deployment.revision() + " failed: "
                    + (said.isEmpty() ? rollout.failures() + " of its instances did not stay up" : said);
        }
        boolean judged = rollout.phase() == Phase.MOVING && !deployment.paused();
        return judged && isOver(rollout.progressAt().plus(rules.progressDeadline()))
                ? "revision " + deployment.revision() + " made no progress within " + words(rules.progressDeadline())
                : null;
    }

    /** Why the newest filling of the present revision counts as failed; null: it does not. */
    private @Nullable String failure(Slot slot) {
        Instance ended = slot.ended();
        if (ended != null && ended.revision() == deployment.revision() && ended.state() == InstanceState.FAILED) {
            return words(ended, ended.reason());
        }
        for (Instance instance : slot.onTheirWay()) {
            if (instance.failing()) {
                return words(instance, instance.reason());
            }
            Instant late = instance.decided().begun().plus(rules.healthyDeadline());
            if (!instance.isHealthy() && isOver(late)) {
                return words(instance, "it is not healthy after " + words(rules.healthyDeadline()));
            }
        }
        return null;
    }

    private static String words(Instance instance, String why) {
        return instance.id() + (instance.node() == null ? "" : " on " + instance.node()) + ": " + why;
    }

    private static String words(Duration duration) {
        return Durations.text(duration);
    }

    /** Whether the moment has come; if not, then is looked again. */
    private boolean isOver(Instant moment) {
        if (!served.isBefore(moment)) {
            return true;
        }
        again = again == null || moment.isBefore(again) ? moment : again;
        return false;
    }
}
