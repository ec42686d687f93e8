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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a rollout has come, and whether it failed, by how its slots stand at a moment. */
final class Progress {
    private final Deployment deployment;
    private final Rollout before;
    private final Update rules;
    private final Facts facts;
    private final Older older;
    private final Instant now;
    private final Instant served;
    private @Nullable Instant again;
    private int slots;
    private int settled;
    private int steady;
    /** When the newest slot was done whose instance had not been steady before. Of a first revision all are begun at once, and no record is written for each. */
    private Instant steadyAt = Instant.MIN;
    /** Whether a slot is done without an instance that works. */
    private boolean ended;
    /** The ids of what fails now. */
    private final List<String> failed = new ArrayList<>();

    private String said = "";
    /** What is made now, which has no node yet. */
    private final List<Instance> made;
    /** Whether something gets no node because others, or values, are not there. */
    private boolean waits;
    /** Whether that was told last of something that has none. */
    private boolean waited;

    private int stuck;
    /** Names of canaries that are away, or only just back. */
    private List<String> away = List.of();

    /** In words; empty: none is. */
    private String whoIsAway = "";

    /** Where something of an older revision is wanted yet. */
    enum Older {
        NOWHERE,
        /** Where it is replaced in its turn. */
        TO_REPLACE,
        /** On a node that is away for a while: it is replaced when that is back. */
        HELD
    }

    /** @param made what is made while slots are planned comes to it */
    Progress(Deployment deployment, Facts facts, Instant now, Older older, List<Instance> made) {
        this.deployment = deployment;
        this.rules = deployment.spec().update();
        this.facts = facts;
        this.older = older;
        this.made = made;
        this.now = now;
        this.served = facts.served();
        Rollout known = deployment.rollout();
        this.before = isUnjudged(known) ? anew(known) : known;
    }

    /** Where nothing older is left, there is nothing that its first slots could be canaries beside; what was promoted once stays it. */
    private Rollout anew(Rollout known) {
        Rollout begun = known.begin(known.from(), now, served);
        return older == Older.NOWHERE || known.promoted() ? begun.promotedAt(now, served) : begun.away(known.away());
    }

    /** Whether it was done while there was no slot: what was deployed then is judged once there is one. */
    private boolean isUnjudged(Rollout known) {
        return !known.isUnderWay()
                && !known.equals(Rollout.NONE)
                && known.healthy() != deployment.revision()
                && isBegunAnew()
                && !facts.isProved();
    }

    /** Whether one that was done of no slot may be judged once there is one: what goes on over its failures is done without having been healthy. */
    private boolean isBegunAnew() {
        return rules.onFailure() != OnFailure.CONTINUE;
    }

    /** Whether an instance has done its work for long enough for others to rely on it. */
    boolean isSteady(Instance instance) {
        if (before.phase() == Phase.ROLLING_BACK) {
            return true;
        }
        Instant steadyFrom = instance.healthySince().plus(rules.minHealthy());
        boolean over = isOver(steadyFrom);
        steadyAt = over && steadyFrom.isAfter(steadyAt) && !wasSteady(instance) ? steadyFrom : steadyAt;
        return over;
    }

    /** Whether it did its work for long enough before, too, and failed since: that it does again is no progress, else one that fails once a minute would make some. */
    private boolean wasSteady(Instance instance) {
        Duration longest = instance.observed().wellFor();
        return !longest.isZero() && longest.compareTo(rules.minHealthy()) >= 0;
    }

    /**
     * One more slot.
     *
     * @param done whether nothing is left to be done for it
     * @param healthy whether it does its work
     * @param passed whether nothing is left to be done for it though it failed
     */
    void count(Slot slot, boolean done, boolean healthy, boolean passed) {
        slots++;
        steady += healthy ? 1 : 0;
        settled += done ? 1 : 0;
        ended |= done && slot.working() == null || passed;
        Instance waiting = done ? null : slot.waiting();
        waits |= waiting != null && facts.waits(waiting);
        waited |= waiting != null && facts.waited(waiting);
        if ((!done || passed) && before.isUnderWay()) {
            judge(slot);
        }
    }

    /** All slots are counted. */
    void counted(int failedForGood, TriedNodes tried) {
        stuck = failedForGood;
        away = tried.names();
        whoIsAway = tried.words();
    }

    /** As the rollout stood before; anew where it is to be judged now. */
    Rollout before() {
        return before;
    }

    /** How many canaries are neither on their way nor still to come. */
    int tried() {
        return settled + stuck + away.size();
    }

    /** When to look again though nothing happens. */
    Optional<Instant> again() {
        return Optional.ofNullable(again);
    }

    /** The rollout as it stands now. */
    Rollout rollout() {
        if (slots == 0 && !deployment.rollout().isUnderWay()) {
            return deployment.rollout();
        }
        if (settled == slots && isOnHold()) {
            return held();
        }
        if (settled == slots) {
            // of no slots nothing ran that could have been healthy
            int healthy = slots > 0 && steady == slots ? deployment.revision() : before.healthy();
            boolean known = before.phase() == Phase.DONE && before.healthy() == healthy;
            Rollout done = failing(before).done(healthy, now);
            return known ? before : slots == 0 ? done.away(away) : done;
        }
        if (!before.isUnderWay() || before.phase() == Phase.ROLLING_BACK) {
            return before;
        }
        if (before.phase() == Phase.PAUSED) {
            return before.away(away);
        }
        Rollout counted = counted().away(away);
        String why = failure(counted);
        if (why != null && before.from() == 0) {
            return counted.failedFor(why);
        }
        if (why != null && !canGoBack()) {
            return counted.in(Phase.PAUSED, why, now);
        }
        return tried(counted);
    }

    /** How its canaries stand, where there are any. */
    private Rollout tried(Rollout counted) {
        boolean awaited = before.awaits(rules.canary());
        if (canariesStand()) {
            return counted.phase() == Phase.MOVING || awaited ? afterCanaries(counted) : counted;
        }
        if (!whoIsAway.isEmpty() && tried() >= rules.canary()) {
            String why = whoIsAway + "; the others wait until that is back or forgotten, or it is promoted";
            return counted.phase() == Phase.CANARY && counted.reason().equals(why)
                    ? counted
                    : counted.in(Phase.CANARY, why, now);
        }
        return awaited ? counted.triedOn(now, served) : counted;
    }

    /** Whether somebody is to say first that what is held is replaced, too: it is not done without that. */
    private boolean isOnHold() {
        return older == Older.HELD
                && (before.phase() == Phase.PAUSED
                        || before.phase() == Phase.CANARY
                        || before.phase() == Phase.MOVING
                                && (deployment.paused()
                                        || isAwaited()
                                        || canariesStand() && (slots > 0 || !isBegunAnew())));
    }

    /** Whether canaries are away. */
    private boolean isAwaited() {
        return TriedNodes.areTried(deployment, before) && !whoIsAway.isEmpty();
    }

    private Rollout held() {
        if (before.phase() == Phase.PAUSED) {
            return before.away(away);
        }
        boolean there = slots > 0 || isAwaited();
        return there ? tried(counted().away(away)) : before.phase() == Phase.MOVING ? counted() : before;
    }

    /** Why everything goes back to the revision that was healthy last; null: it does not. */
    @Nullable
    String rollback() {
        boolean judged = before.phase() == Phase.MOVING || before.phase() == Phase.CANARY;
        return judged && settled < slots && canGoBack() ? failure(counted()) : null;
    }

    /** With what came of it since. */
    private Rollout counted() {
        Rollout may = before.phase() == Phase.MOVING ? timed(before) : before;
        // of a first revision all slots are begun at once: how many are done is said by the instances
        if (may.from() > 0) {
            boolean more = ended || steadyAt.isAfter(may.progressAt());
            may = more ? may.progressed(settled, served) : may.regained(settled);
        }
        return failing(may);
    }

    /** With what fails now: one more than may is enough to know. */
    private Rollout failing(Rollout rollout) {
        return rollout.failing(failed, rules.maxFailures() + 1);
    }

    private boolean canGoBack() {
        return rules.onFailure() == OnFailure.ROLLBACK
                && before.healthy() > 0
                && before.healthy() < deployment.revision();
    }

    private boolean canariesStand() {
        return TriedNodes.areTried(deployment, before) && settled >= Math.min(rules.canary(), slots + away.size());
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
        if (rules.onFailure() == OnFailure.CONTINUE || rollout.hasFailed()) {
            return null;
        }
        if (rollout.failures() > rules.maxFailures()) {
            return "revision " + deployment.revision() + " failed: "
                    + (said.isEmpty() ? rollout.failures() + " of its instances did not stay up" : said);
        }
        boolean judged = rollout.phase() == Phase.MOVING && !deployment.paused() && rollout.waitsSince() == null;
        return judged && isOver(progressAt(rollout).plus(rules.progressDeadline()))
                ? "revision " + deployment.revision() + " made no progress within " + words(rules.progressDeadline())
                : null;
    }

    /** Its time stands while it waits for others, or for a value: that what it waits for comes and goes, or an older instance of its own, is no progress. */
    private Rollout timed(Rollout rollout) {
        boolean stands = waits || made.stream().anyMatch(facts::waits);
        Instant since = rollout.waitsSince();
        if (since != null) {
            return stands ? rollout : rollout.timed(rollout.progressAt().plus(Duration.between(since, served)), null);
        }
        // an older server did not note since when it waits
        Instant counted = waited ? served : rollout.progressAt();
        return stands || waited ? rollout.timed(counted, stands ? served : null) : rollout;
    }

    private Instant progressAt(Rollout rollout) {
        return rollout.from() == 0 && steadyAt.isAfter(rollout.progressAt()) ? steadyAt : rollout.progressAt();
    }

    /** Whether the newest filling of the present revision counts as failed. */
    private void judge(Slot slot) {
        Instance ended = slot.ended();
        if (ended != null && ended.revision() == deployment.revision() && ended.state() == InstanceState.FAILED) {
            fails(ended, ended.reason());
            return;
        }
        for (Instance instance : slot.onTheirWay()) {
            if (instance.failing()) {
                fails(instance, instance.reason());
                return;
            }
            if (!instance.isHealthy() && isOver(waitedFor(instance).plus(rules.healthyDeadline()))) {
                fails(instance, "it is not healthy after " + words(rules.healthyDeadline()));
                return;
            }
        }
    }

    /** Since when it is waited for: what did its work and is checked anew, as its agent was started anew, is not judged by how long ago it began. */
    private static Instant waitedFor(Instance instance) {
        Instant begun = instance.decided().begun();
        Instant wellUntil = instance.observed().wellUntil();
        return wellUntil.isAfter(begun) ? wellUntil : begun;
    }

    private void fails(Instance instance, String why) {
        failed.add(instance.id());
        said = said.isEmpty() ? words(instance, why) : said;
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
