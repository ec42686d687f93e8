package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.SlotKey;
import io.knit.api.model.UpdateOrder;
import io.knit.api.spi.loop.IdSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans one deployment. A slot whose instance ended gets another at once; an update replaces running slots in turns
 * ({@link Turns}) and judges how it goes ({@link Progress}), so that a revision that does not come up leaves the rest as it was. What the new
 * revision wants nothing else of is taken over into it and runs on.
 *
 * <p>A node that is down may only be out of reach: what it ran is lost, gets a successor, and yet is told to stop only when
 * that works, so that the node's return never ends the only container that does.
 */
public final class DeploymentPlanner {
    private final Deployment deployment;
    private final Whereabouts whereabouts;
    private final Draft draft;
    private final Successors successors;
    private final Unchanged unchanged;
    private final Progress progress;
    private final Turns turns;
    private final Roster roster;
    /** How many slots may be filled for the first time or given up. */
    private int most;

    private boolean cutShort;
    private final Set<String> toGo = new HashSet<>();
    /** The lowest revision that ran in any slot before that. */
    private int oldest = Integer.MAX_VALUE;

    /** What is to become of a slot. */
    private enum Standing {
        /** It runs the present revision. */
        SETTLED,
        /** It will, and other slots wait for it. */
        ON_ITS_WAY,
        /** It will not, and nothing is done about it: no slot waits for it. */
        STUCK,
        /** It runs an older revision. */
        UPDATABLE,
        /** Nothing ever ran in it. */
        NEVER_FILLED
    }

    private DeploymentPlanner(
            Deployment deployment, Collection<Instance> instances, Facts facts, Instant now, IdSource ids, int most) {
        this.deployment = deployment;
        this.most = most;
        this.whereabouts = new Whereabouts(deployment, facts, now);
        this.roster = Roster.of(deployment, instances, facts);
        this.draft = new Draft(deployment, whereabouts, roster);
        this.successors = new Successors(deployment, roster, now, facts.served(), ids);
        this.unchanged = new Unchanged(deployment, facts);
        this.progress = new Progress(deployment, facts, now, older(instances), draft.create());
        this.turns = new Turns(deployment);
    }

    private Progress.Older older(Collection<Instance> instances) {
        Progress.Older older = Progress.Older.NOWHERE;
        for (Instance instance : instances) {
            if (!isOlder(instance)) {
                continue;
            } else if (roster.isHeld(instance.slotKey())) {
                return Progress.Older.HELD;
            } else if (roster.isWanted(instance.slotKey())) {
                older = Progress.Older.TO_REPLACE;
            }
        }
        return older;
    }

    private boolean isOlder(Instance instance) {
        boolean isThere = instance.isLive() || instance.order() == Order.RUN && instance.state() == InstanceState.LOST;
        return isThere
                && instance.revision() != deployment.revision()
                && unchanged.of(instance).revision() != deployment.revision();
    }

    /** All that is to be done. */
    static DeploymentPlan plan(
            Deployment deployment, Collection<Instance> instances, Facts facts, Instant now, IdSource ids) {
        return plan(deployment, instances, facts, now, ids, Integer.MAX_VALUE);
    }

    /**
     * @param instances all of the deployment's
     * @param most so many slots are filled that never were, or given up, and the others later
     */
    public static DeploymentPlan plan(
            Deployment deployment, Collection<Instance> instances, Facts facts, Instant now, IdSource ids, int most) {
        Mode mode = deployment.deleting() ? Mode.REPLICATED : deployment.spec().mode();
        return switch (mode) {
            case REPLICATED, GLOBAL ->
                new DeploymentPlanner(deployment, instances, facts, now, ids, most).plan(instances);
            case JOB -> JobPlanner.plan(deployment, instances, facts, now, ids, most);
            case CRON -> CronPlanner.plan(deployment, instances, facts, now, ids, most);
        };
    }

    private DeploymentPlan plan(Collection<Instance> instances) {
        SortedMap<SlotKey, Slot> slots = new TreeMap<>();
        for (SlotKey key : roster.wanted()) {
            slots.put(key, slot(key));
        }
        for (Instance instance : instances) {
            sort(instance, slots);
        }
        TriedNodes tried = new TriedNodes(deployment, progress.before(), roster, instances, unchanged);
        planSlots(
                slots.values().stream()
                        .filter(slot -> roster.isWanted(slot.key()))
                        .toList(),
                tried);
        slots.values().stream().filter(slot -> !roster.isWanted(slot.key())).forEach(slot -> {
            if (roster.isHeld(slot.key())) {
                hold(slot);
            } else {
                giveUp(slot);
            }
        });
        boolean done = deployment.deleting()
                && draft.update().isEmpty()
                && draft.keep().isEmpty();
        return new DeploymentPlan(
                draft.create(),
                draft.update(),
                draft.forget(),
                draft.keep(),
                deployment.deleting() ? deployment.rollout() : progress.rollout(),
                deployment.deleting() ? null : progress.rollback(),
                deployment.run(),
                List.of(),
                Stream.concat(progress.again().stream(), whereabouts.again().stream())
                        .min(Comparator.naturalOrder()),
                done,
                cutShort,
                toGo);
    }

    private Slot slot(SlotKey key) {
        boolean keepsOriginal = deployment.spec().disconnect().reconcile() == DisconnectSpec.Reconcile.KEEP_ORIGINAL;
        // what has ended leaves no node: in another place its program would run a second time
        return new Slot(key, deployment.revision(), it -> !it.isOver() && whereabouts.isLeaving(it), keepsOriginal);
    }

    private void giveUp(Slot surplus) {
        List<Instance> rest = new ArrayList<>(surplus.live());
        rest.addAll(surplus.lost());
        if (rest.isEmpty()) {
            return;
        }
        if (isTime()) {
            rest.forEach(i -> draft.stop(i, draft.whyStopped(i)));
        } else {
            draft.keep().addAll(rest);
            rest.forEach(i -> toGo.add(i.id()));
        }
    }

    /** What has a node stays on it; what waits for one does so in vain. */
    private void hold(Slot slot) {
        planLost(slot);
        Instance working = slot.working();
        String successor = working != null && working.revision() == deployment.revision() ? working.id() : null;
        for (Instance instance : slot.live()) {
            if (instance.node() == null || successor != null && successor.equals(instance.until())) {
                draft.stop(instance, "replaced by revision " + deployment.revision());
            } else {
                draft.keep().add(instance);
            }
        }
    }

    /** Whether there is time for one slot more. */
    private boolean isTime() {
        cutShort |= most <= 0;
        return most-- > 0;
    }

    private void sort(Instance instance, SortedMap<SlotKey, Slot> slots) {
        Slot slot = slots.computeIfAbsent(instance.slotKey(), this::slot);
        Optional<String> moved = whereabouts.moved(instance);
        if (whereabouts.isForgotten(instance)) {
            // its node is forgotten: nobody will ever say what became of it
            slot.addEnded(instance);
            draft.forget().add(instance);
        } else if (instance.order() == Order.STOP) {
            if (instance.pushedOutBy() != null) {
                slot.addEnded(instance);
            }
            keepUntilGone(instance);
        } else if (moved.isEmpty() && whereabouts.isLost(instance)) {
            slot.addLost(instance);
        } else if (moved.isPresent()) {
            slot.addEnded(instance);
            draft.move(instance, moved.get());
        } else if (instance.isLive()) {
            slot.addLive(roster.isWanted(slot.key()) ? takeOver(instance) : instance);
        } else if (isOver(instance)) {
            slot.addLive(roster.isWanted(slot.key()) ? takeOver(instance) : instance);
        } else {
            slot.addEnded(instance);
            if (instance.state() == InstanceState.STOPPED) {
                draft.forget().add(instance);
            } else {
                draft.stop(instance, instance.reason());
            }
        }
    }

    private Instance takeOver(Instance instance) {
        if (instance.state() == InstanceState.RUNNING) {
            oldest = Math.min(oldest, instance.revision());
        }
        Instance present = unchanged.of(instance);
        if (present != instance) {
            draft.takeOver(present);
        }
        return present;
    }

    private void keepUntilGone(Instance instance) {
        boolean gone = instance.node() == null || instance.state() == InstanceState.STOPPED;
        if (gone) {
            draft.forget().add(instance);
            return;
        }
        Instance judged = whereabouts.stopping(instance, deployment.deleting() ? "undeployed" : instance.reason());
        if (judged.state() == instance.state() && !awaitsItsNode(instance, judged)) {
            draft.keep().add(instance);
        } else {
            draft.update().add(judged);
        }
    }

    /** Whether people must be told anew what an undeployed deployment waits for. */
    private boolean awaitsItsNode(Instance before, Instance judged) {
        return deployment.deleting()
                && whereabouts.isOnDownNode(before)
                && !judged.reason().equals(before.reason());
    }

    private void planSlots(Collection<Slot> slots, TriedNodes tried) {
        List<Slot> updatable = new ArrayList<>();
        List<Slot> neverFilled = new ArrayList<>();
        int busy = 0;
        int stuck = 0;
        for (Slot slot : slots) {
            planLost(slot);
            Standing standing = plan(slot);
            boolean settled = standing == Standing.SETTLED;
            boolean passed = settled && turns.isPassed(slot.onTheirWay());
            progress.count(slot, settled, isSteady(slot) || isDone(slot), passed);
            switch (standing) {
                case SETTLED -> {}
                case STUCK -> stuck++;
                case ON_ITS_WAY -> busy++;
                case UPDATABLE -> updatable.add(slot);
                case NEVER_FILLED -> {
                    neverFilled.add(slot);
                    tried.empty(slot);
                }
            }
        }
        progress.counted(stuck, tried);
        boolean judged = progress.rollback() == null;
        Set<Slot> next = judged ? turns.next(updatable, busy, progress, tried) : Set.of();
        boolean isRolling = false;
        for (Slot slot : updatable) {
            // what only has to go elsewhere may wait for a place for ever, and says nothing against the revision
            boolean moves = slot.isMoving();
            boolean told = next.contains(slot) && succeed(slot);
            if (!next.contains(slot)) {
                draft.keepOld(slot);
            }
            isRolling |= !told && !moves;
        }
        fillUp(neverFilled, !isRolling || turns.areOver(progress), tried);
    }

    private boolean isSteady(Slot slot) {
        Instance working = slot.working();
        return working != null && slot.isPresent(working) && progress.isSteady(working);
    }

    /** Whether what was wanted has come to its end as it was meant to. */
    private static boolean isDone(Slot slot) {
        List<Instance> present = slot.onTheirWay();
        return !present.isEmpty()
                && present.stream().allMatch(next -> next.state().isEnd() && !next.failing());
    }

    /** What was lost is wanted until another does its work. */
    private void planLost(Slot slot) {
        Instance working = slot.working();
        Instance original = slot.original();
        for (Instance instance : slot.lost()) {
            if (working != null && instance != original) {
                draft.stop(instance, working.id() + " runs in its place");
            } else if (instance.state() != InstanceState.LOST) {
                draft.update().add(whereabouts.lost(instance));
            } else {
                draft.keep().add(instance);
            }
        }
    }

    private Standing plan(Slot slot) {
        Instance working = slot.working();
        List<Instance> onTheirWay = slot.onTheirWay();
        Instance waiting = slot.waiting();
        Instance old = slot.old();
        if (working != null && isSteady(slot)) {
            draft.keepOf(slot, withReturning(slot, working));
            return Standing.SETTLED;
        }
        if (!onTheirWay.isEmpty()) {
            // two of them only if the node of one was thought to be down: the first to run stays
            boolean works = working != null && slot.isPresent(working);
            List<Instance> kept = working != null && works ? withReturning(slot, working) : new ArrayList<>(onTheirWay);
            if (working != null && !works) {
                kept.add(working);
            } else if (old != null
                    && onTheirWay.stream().anyMatch(next -> next.id().equals(old.until()))) {
                kept.add(old);
            }
            draft.keepOf(slot, kept);
            if (isDone(slot) || turns.isPassed(onTheirWay)) {
                return Standing.SETTLED;
            }
            // what failed for good, and is not to be started again, is that for as long as this revision is wanted
            return onTheirWay.stream().allMatch(Instance::isOver) ? Standing.STUCK : Standing.ON_ITS_WAY;
        }
        if (waiting != null && (old == null || old.state() != InstanceState.RUNNING)) {
            draft.keepOf(slot, List.of(waiting));
            return Standing.ON_ITS_WAY;
        }
        if (old == null) {
            return planEmpty(slot);
        }
        if (old.state() == InstanceState.RUNNING) {
            return Standing.UPDATABLE;
        }
        // one that waits with a newer revision than one that runs took the place of a filling: it is down
        boolean waits = old.state() == InstanceState.PENDING && !hasTakenPlace(old);
        if (waits && old.revision() <= oldest && slot.ended() == null) {
            return Standing.NEVER_FILLED;
        }
        replace(slot, null);
        return Standing.ON_ITS_WAY;
    }

    /** Whether the one before it was told to stop for it: what is ready to come is placed nowhere else. */
    private static boolean hasTakenPlace(Instance waiting) {
        Preparation preparation = waiting.preparation();
        return preparation != null && preparation.done();
    }

    private static List<Instance> withReturning(Slot slot, Instance working) {
        List<Instance> kept = new ArrayList<>(List.of(working));
        Instance returning = slot.returning(working);
        if (returning != null) {
            kept.add(returning);
        }
        return kept;
    }

    /** Whether it has ended and nothing takes its place, as its spec wants it; it stays to tell how it ended. */
    private boolean isOver(Instance instance) {
        return instance.state() == InstanceState.FAILED
                && unchanged.of(instance).revision() == deployment.revision()
                && (deployment.spec().restart().condition() == RestartSpec.Condition.NEVER || !instance.failing());
    }

    private Standing planEmpty(Slot slot) {
        if (slot.ended() == null) {
            return Standing.NEVER_FILLED;
        }
        boolean awaited = slot.lost().stream().anyMatch(i -> !whereabouts.isOnDownNode(i) || whereabouts.isHome(i));
        if (!awaited) {
            replace(slot, slot.ended());
        }
        return Standing.ON_ITS_WAY;
    }

    /** Says whether the old filling is told to stop now. What runs in a slot stays until all that can be made ready for the next is. */
    private boolean succeed(Slot slot) {
        Instance waiting = slot.waiting();
        Instance old = slot.old();
        if (waiting == null) {
            Instance rejected = rejected(slot);
            Instance next = rejected == null && old != null && old.leaves() != null && slot.isMoving()
                    ? successors.elsewhere(slot.key(), old)
                    : successors.of(slot.key(), rejected);
            draft.create().add(next);
            draft.keepOld(slot, Turns.startsFirst(order(slot), deployment.spec()) ? next.id() : null);
            return false;
        }
        boolean alone = old != null && !waiting.id().equals(old.until());
        if (old != null && alone && !old.failing() && mayStandBeside(order(slot), waiting, old)) {
            // it was away when its successor was made, failed for a while, or that was to come after it by an older
            // revision's rules
            draft.keepBeside(slot, old, waiting);
            return false;
        }
        Preparation preparation = waiting.preparation();
        boolean ready = preparation != null && preparation.done();
        draft.keepOf(slot, ready || old == null ? List.of(waiting) : List.of(waiting, old));
        return ready;
    }

    /** Whether what comes after another may yet come beside it; of itself ({@code auto}) not where that one's room is what it is to have. */
    private boolean mayStandBeside(UpdateOrder order, Instance waiting, Instance old) {
        Preparation preparation = waiting.preparation();
        boolean getsRoom = preparation != null && preparation.node().equals(old.node());
        return Turns.startsFirst(order, deployment.spec()) && (order == UpdateOrder.START_FIRST || !getsRoom);
    }

    /** What only has to go elsewhere goes as who drains its node wants it. */
    private UpdateOrder order(Slot slot) {
        Instance old = slot.old();
        return old == null || !slot.isMoving()
                ? deployment.spec().update().order()
                : Turns.order(deployment.spec(), whereabouts.nodeOf(old));
    }

    /** Slots that nothing ever ran in come after those that run: one that fits nowhere must not hold up the others' update. */
    private void fillUp(List<Slot> neverFilled, boolean now, TriedNodes tried) {
        for (Slot slot : neverFilled) {
            if ((now || tried.has(slot)) && isTime()) {
                replace(slot, null);
            } else {
                draft.keepOld(slot);
            }
        }
    }

    private void replace(Slot slot, @Nullable Instance before) {
        draft.keepOf(slot, List.of());
        Instance next = successors.of(slot.key(), before);
        // nothing did its work since what the server stopped did
        boolean follows = Stream.concat(slot.live().stream(), Stream.ofNullable(before))
                .anyMatch(it -> it.follows() && (it.node() == null || it.state() == InstanceState.REJECTED));
        draft.create().add(follows ? next.following() : next);
    }

    /** The one that was rejected last as a filling of the present revision, or null: none was. */
    private @Nullable Instance rejected(Slot slot) {
        Instance ended = slot.ended();
        return ended != null && ended.revision() == deployment.revision() ? ended : null;
    }
}
