package io.knit.core.agent.reconcile;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.model.RestartSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.agent.reconcile.memory.Sidecars;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.InstanceIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what shall run on this node with what does. Immutable. */
public final class InstanceReconciler {
    /** So long after the grace of a stop an engine may need to kill what runs, and to show it. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private final BackOff backOff;

    public InstanceReconciler(BackOff backOff) {
        this.backOff = backOff;
    }

    /**
     * Decides for every instance that is assigned, has a container or is remembered.
     *
     * @param cluster the agent's, or null: it has joined none and touches nothing
     * @param observed containers of any cluster; foreign ones are ignored
     * @param silenced instances that are to be stopped, or stay so, as no server is heard
     * @param now by {@link io.knit.api.spi.loop.Loop#elapsed}, as every time in the memories
     */
    public NodePlan plan(
            @Nullable String cluster,
            AssignmentSet set,
            Collection<ContainerSnapshot> observed,
            Map<String, InstanceMemory> memories,
            Set<String> silenced,
            Duration now) {
        if (cluster == null) {
            return NodePlan.NOTHING;
        }
        List<Action> actions = new ArrayList<>();
        Map<String, List<ContainerSnapshot>> containers = new TreeMap<>();
        for (ContainerSnapshot container : observed) {
            String instance = container.labels().get(KnitLabels.INSTANCE);
            if (instance == null
                    || !InstanceIds.isId(instance)
                    || !cluster.equals(container.labels().get(KnitLabels.CLUSTER))) {
                actions.add(ignore(container));
            } else {
                containers.computeIfAbsent(instance, key -> new ArrayList<>()).add(container);
            }
        }
        TreeSet<String> union = new TreeSet<>(set.assignments().keySet());
        union.addAll(containers.keySet());
        union.addAll(memories.keySet());
        for (String instance : union) {
            List<ContainerSnapshot> mine = containers.getOrDefault(instance, List.of());
            InstanceMemory memory = memories.getOrDefault(instance, InstanceMemory.NEW);
            Subject subject = new Subject(instance, set.get(instance), mine, memory, now);
            actions.add(decide(subject, set, silenced));
        }
        return new NodePlan(actions);
    }

    private Action decide(Subject it, AssignmentSet set, Set<String> silenced) {
        Assignment assignment = it.assignment();
        if (assignment == null && !set.known()) {
            return it.then(ActionKind.IGNORE, "no server said yet what runs here");
        }
        if (assignment == null || assignment.order() == Order.STOP) {
            return end(it, assignment == null ? "nothing assigns it to this node" : "it shall stop");
        }
        if (it.memory().state() == InstanceState.STOPPED) {
            return decide(it.remembering(InstanceMemory.NEW), set, silenced);
        }
        if (it.memory().state() == InstanceState.REJECTED) {
            return it.containers().isEmpty()
                    ? it.waits(null, "rejected; the server places another")
                    : removeAll(it, "rejected");
        }
        if (it.memory().state() == InstanceState.FAILED || it.memory().isLeaving()) {
            return over(it);
        }
        if (silenced.contains(it.instance())) {
            return silence(it, assignment);
        }
        Choice choice = Choice.among(it.mains(), assignment.specHash());
        if (choice.surplus() != null) {
            return remove(it, choice.surplus(), "the instance has another container");
        }
        ContainerSnapshot container = choice.best();
        if (container == null) {
            return it.partsLeft().isEmpty() ? make(it, assignment) : clear(it, "its main container is not there");
        }
        return run(it, assignment, container);
    }

    private static Action silence(Subject it, Assignment assignment) {
        InstanceMemory memory = it.memory();
        Duration after = assignment.spec() == null
                ? null
                : assignment.spec().disconnect().stopAfter();
        Subject quiet = memory.isSilenced() ? it : it.remembering(memory.silenced(after, it.now()));
        for (ContainerSnapshot container : it.mains()) {
            if (container.state() == ContainerState.RUNNING || container.state() == ContainerState.PAUSED) {
                return quiet.memory().removalWaits(it.now())
                        ? quiet.waits(quiet.memory().removeNotBefore(), "its container is being stopped")
                        : quiet.with(ActionKind.STOP, container, "no server was heard");
            }
        }
        return quiet.partsLeft().isEmpty()
                ? quiet.waits(null, "no server was heard")
                : clear(quiet, "no server was heard");
    }

    private Action end(Subject it, String why) {
        if (!it.containers().isEmpty()) {
            return removeAll(it, why);
        }
        return it.memory().state() == InstanceState.STOPPED
                ? it.then(ActionKind.KEEP, "stopped")
                : it.then(ActionKind.FORGET, why);
    }

    /** The main one first: what it does to end may need those beside it. */
    private static Action removeAll(Subject it, String why) {
        List<ContainerSnapshot> mains = it.mains();
        return mains.isEmpty() ? clear(it, why) : remove(it, mains.get(0), why);
    }

    private static Action clear(Subject it, String why) {
        Sidecars sidecars = it.memory().sidecars();
        Subject without = it.remembering(it.memory().with(sidecars.over()));
        return sidecars.held(it.now())
                ? without.waits(sidecars.hold(), "the containers beside its own are being removed")
                : without.tends(null, Tending.clear(it.parts(), sidecars), why);
    }

    private Action make(Subject it, Assignment assignment) {
        if (it.memory().runningSince() != null) {
            return ended(it, assignment, "its container was gone", null);
        }
        if (it.memory().waits(it.now())) {
            return it.waits(it.memory().notBefore(), "back-off");
        }
        // a host port is free: the scheduler gives none away while an instance that had it is to be stopped here
        return it.then(ActionKind.CREATE, "it has no container");
    }

    private Action run(Subject it, Assignment assignment, ContainerSnapshot container) {
        if (!assignment.specHash().equals(container.labels().get(KnitLabels.SPEC_HASH))) {
            return remove(it, container, "it was made from another spec");
        }
        InstanceMemory memory = it.memory();
        return switch (container.state()) {
            case DEAD -> remove(it, container, "it is beyond use");
            case RUNNING -> keep(it, assignment, container);
            case PAUSED -> it.remembering(memory.paused(it.now())).then(ActionKind.KEEP, "it is paused");
            case CREATED -> made(it, assignment, container);
            case EXITED ->
                memory.runningSince() != null || memory.notBefore() == null
                        ? ended(it, assignment, container.exit(), container.exitCode())
                        : start(it, container, "it ended");
        };
    }

    /** An engine takes one network at the making: its agent may have ended before it was on the others. */
    private Action made(Subject it, Assignment assignment, ContainerSnapshot container) {
        if (it.memory().runningSince() != null) {
            return ended(it, assignment, "it did not start", null);
        }
        DeploymentSpec spec = assignment.spec();
        return spec != null && spec.network().networks().size() > 1
                ? remove(it, container, "it may not be on all its networks")
                : start(it, container, "it was made and not started");
    }

    private Action keep(Subject it, Assignment assignment, ContainerSnapshot container) {
        InstanceMemory memory = it.memory();
        DeploymentSpec spec = assignment.spec();
        if (spec != null && !memory.isBeingCured()) {
            memory = memory.checked(memory.check().of(spec.health(), container.health()), it.now());
        }
        if (!memory.isSick()) {
            return beside(it.remembering(memory), assignment, container);
        }
        Subject sick = it.remembering(memory);
        if (!memory.isBeingCured()) {
            sick = it.remembering(
                    ends(memory, assignment, null, null, memory.check().words(), it.now()));
        }
        if (sick.memory().isLeaving()) {
            return over(sick);
        }
        return sick.memory().removalWaits(it.now())
                ? sick.waits(sick.memory().removeNotBefore(), "its container is being stopped")
                : sick.with(ActionKind.STOP, container, "its check failed");
    }

    /** Its main container is as it should be. */
    private Action beside(Subject it, Assignment assignment, ContainerSnapshot container) {
        DeploymentSpec spec = assignment.spec();
        if (spec == null) {
            return it.remembering(it.memory().running(it.now())).with(ActionKind.KEEP, container, "it runs");
        }
        InstanceMemory memory = it.memory().runsOn(it.now(), spec.stop().grace().plus(LATE));
        BackOff own = backOff.of(spec.restart(), assignment.instance());
        Tending tending = Tending.of(spec, container, it.parts(), memory.sidecars(), it.now(), own);
        InstanceMemory next = memory.with(tending.memory());
        Subject after =
                it.remembering(tending.memory().wereStarted(spec) ? next.running(it.now()) : next.launched(it.now()));
        return tending.isNothing()
                ? after.keeps(container, tending.until(), "it runs")
                : after.tends(container, tending, "it runs, and what is beside it is not as it should be");
    }

    /**
     * It stays as it is, for whoever wants to read its log; what runs though its check failed is ended. That it has failed is told when nothing of it
     * runs: from then on others may have its ports, its room and its volumes.
     */
    private static Action over(Subject it) {
        for (ContainerSnapshot container : it.mains()) {
            boolean runs = container.state() == ContainerState.RUNNING || container.state() == ContainerState.PAUSED;
            if (it.memory().isSick() && runs) {
                return it.memory().removalWaits(it.now())
                        ? it.waits(it.memory().removeNotBefore(), "its container is being stopped")
                        : it.with(ActionKind.STOP, container, "its check failed");
            }
        }
        return it.partsLeft().isEmpty()
                ? it.remembering(it.memory().left()).waits(null, "it has ended, and is not started again")
                : clear(it, "they are beside what is over");
    }

    private Action ended(Subject it, Assignment assignment, @Nullable String exit, @Nullable Integer code) {
        InstanceMemory before = it.memory();
        Subject after = it.remembering(
                before.byAgent() == null
                        ? ends(before, assignment, exit, code, null, it.now())
                        : before.endedAsMeant(it.now()));
        if (after.memory().isLeaving()) {
            return over(after);
        }
        return after.partsLeft().isEmpty()
                ? after.waits(after.memory().notBefore(), "it ended")
                : clear(after, "it ended");
    }

    /** @param sick what its check said; null: it ended by itself */
    private InstanceMemory ends(
            InstanceMemory before,
            Assignment assignment,
            @Nullable String exit,
            @Nullable Integer code,
            @Nullable String sick,
            Duration now) {
        RestartSpec restart = assignment.spec() == null
                ? RestartSpec.DEFAULT
                : assignment.spec().restart();
        InstanceMemory memory = restart.attempts() == 0 ? before : before.counting(now, restart.window());
        Ending ending = Ending.of(restart, exit, memory.ends());
        if (ending != null) {
            String said = ending.after(sick == null ? InstanceMemory.words(exit) : sick);
            // nothing takes the place of what did what it was for
            return ending.isComplete() ? memory.over(said, true, code) : memory.leaving(said, code);
        }
        BackOff own = backOff.of(restart, assignment.instance());
        return sick == null ? memory.ended(exit, now, own) : memory.sick(now, own);
    }

    /** Not while a part is there: each that is there belongs to the run of the main one that is there. */
    private static Action start(Subject it, ContainerSnapshot container, String why) {
        if (!it.partsLeft().isEmpty()) {
            return clear(it, why);
        }
        return it.memory().waits(it.now())
                ? it.waits(it.memory().notBefore(), "back-off")
                : it.with(ActionKind.START, container, why);
    }

    private static Action remove(Subject it, ContainerSnapshot container, String why) {
        return it.memory().removalWaits(it.now())
                ? it.waits(it.memory().removeNotBefore(), "its container is being removed")
                : it.with(ActionKind.REMOVE, container, why);
    }

    private static Action ignore(ContainerSnapshot container) {
        return new Action(
                ActionKind.IGNORE, container.name(), null, null, null, "not this cluster's", InstanceMemory.NEW, null);
    }

    /** Whether the container counts as the one that shall be. */
    static boolean fits(ContainerSnapshot container, String specHash) {
        return container.state() != ContainerState.DEAD
                && specHash.equals(container.labels().get(KnitLabels.SPEC_HASH));
    }
}
