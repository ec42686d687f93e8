package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.plan.DeploymentPlan;
import io.knit.core.server.plan.DeploymentPlanner;
import io.knit.core.server.plan.Facts;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one loop: snapshot → plan → schedule → decision. Loop-bound. */
public final class ControlLoop implements Controller {
    private final IdSource ids;
    /** Deployments with an instance that waits for a node: looked at whenever a node or a port may have become free. */
    private final Set<String> waiting = new TreeSet<>();

    private final Consumer<Instant> reminder;
    private boolean seenAll;
    private @Nullable Instant nextTry;

    /**
     * @param reminder told, after a decision, when to ask again though nothing changed: an instance may be tried again then
     */
    public ControlLoop(IdSource ids, Consumer<Instant> reminder) {
        this.ids = ids;
        this.reminder = reminder;
    }

    /** What waited may have been placed by the decision that is lost, so everything is looked at anew. */
    @Override
    public void notStored() {
        seenAll = false;
    }

    @Override
    public List<Change> decide(ClusterState before, ClusterState tip, List<Change> changes, Instant now) {
        Set<String> concerned = concerned(before, tip, changes);
        List<Change> decided = new ArrayList<>();
        ClusterState state = tip;
        for (String name : concerned) {
            state = follow(state, plan(state, name, now), decided);
        }
        // ports that these plans gave up are free for all who wait
        concerned.addAll(waiting);
        nextTry = null;
        Set<String> ready = new TreeSet<>();
        for (String name : concerned) {
            List<Change> placed = place(state, name, now);
            state = follow(state, placed, decided);
            if (placed.stream().anyMatch(ControlLoop::isReady)) {
                ready.add(name);
            }
        }
        // where nothing can be made ready first, what is to be replaced is told to stop at once
        for (String name : ready) {
            state = follow(state, plan(state, name, now), decided);
            state = follow(state, place(state, name, now), decided);
        }
        if (nextTry != null) {
            // also where nothing is decided: there is no commit then that would remind of it
            reminder.accept(nextTry);
        }
        return decided;
    }

    private static boolean isReady(Change change) {
        return change instanceof Change.PutInstance put
                && put.instance().node() == null
                && Preparations.isReady(put.instance());
    }

    private static ClusterState follow(ClusterState state, List<Change> changes, List<Change> decided) {
        ClusterState after = state;
        for (Change change : changes) {
            after = change.applyTo(after);
        }
        decided.addAll(changes);
        return after;
    }

    private Set<String> concerned(ClusterState before, ClusterState tip, List<Change> changes) {
        Set<String> names = new TreeSet<>();
        if (!seenAll) {
            seenAll = true;
            names.addAll(tip.deployments().keySet());
        }
        for (Change change : changes) {
            if (change instanceof Change.PutDeployment put) {
                names.add(put.deployment().name());
            } else if (change instanceof Change.RemoveInstance remove) {
                Instance gone = before.instance(remove.id());
                if (gone != null) {
                    names.add(gone.deployment());
                }
            }
            Instance put = change.instanceIn(tip);
            if (put != null) {
                names.add(put.deployment());
            }
            String node = change.nodePut();
            if (node != null) {
                tip.instancesOn(node).values().forEach(i -> names.add(i.deployment()));
            }
        }
        return names;
    }

    private List<Change> plan(ClusterState state, String name, Instant now) {
        Deployment deployment = state.deployment(name);
        if (deployment == null) {
            return List.of();
        }
        DeploymentPlan plan = DeploymentPlanner.plan(deployment, state.instancesOf(name), facts(state, name), now, ids);
        List<Change> changes = new ArrayList<>();
        plan.forget().forEach(i -> changes.add(new Change.RemoveInstance(i.id())));
        plan.update().forEach(i -> changes.add(new Change.PutInstance(i)));
        plan.create().forEach(i -> changes.add(new Change.PutInstance(i)));
        if (plan.done()) {
            changes.add(new Change.RemoveDeployment(name));
        }
        return changes;
    }

    private static Facts facts(ClusterState state, String deployment) {
        return new Facts() {
            @Override
            public @Nullable Node node(String id) {
                return state.node(id);
            }

            @Override
            public @Nullable DeploymentSpec spec(int number) {
                Revision revision = state.revision(deployment, number);
                return revision == null ? null : revision.spec();
            }

            @Override
            public String container(int number) {
                Revision revision = state.revision(deployment, number);
                return revision == null ? "" : revision.specHash();
            }
        };
    }

    private List<Change> place(ClusterState state, String name, Instant now) {
        List<Change> changes = new ArrayList<>();
        waiting.remove(name);
        ClusterState present = state;
        for (Instance instance : pending(state, name)) {
            Instance next = placed(present, instance, now);
            if (next.node() == null) {
                waiting.add(name);
                remindOf(instance, now);
            }
            if (!next.equals(instance)) {
                Change change = new Change.PutInstance(next);
                changes.add(change);
                present = change.applyTo(present);
            }
        }
        return changes;
    }

    private static List<Instance> pending(ClusterState state, String name) {
        return state.instancesOf(name).stream()
                .filter(i -> i.state() == InstanceState.PENDING && i.order() == Order.RUN)
                .sorted(Comparator.comparingInt(Instance::slot))
                .toList();
    }

    private static Instance placed(ClusterState state, Instance instance, Instant now) {
        Optional<Instance> predecessor = state.instancesOf(instance.deployment()).stream()
                .filter(i -> i.slot() == instance.slot()
                        && !i.id().equals(instance.id())
                        && !i.state().isEnd())
                .findFirst();
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (predecessor.isPresent()) {
            Instance before = predecessor.get();
            return revision != null && Preparations.replaces(instance, before)
                    ? Preparations.next(state, instance, revision.spec(), before, now)
                    : instance.because("waits until " + before.id() + " of revision " + before.revision()
                            + " has stopped on " + before.node());
        }
        Optional<Instance> returned = state.instancesOf(instance.deployment()).stream()
                .filter(i -> i.slot() == instance.slot() && isBack(state, i))
                .findFirst();
        if (returned.isPresent()) {
            return instance.because("waits to hear whether " + returned.get().id() + " still runs: its node "
                    + returned.get().node() + " is back");
        }
        if (revision == null) {
            return instance.because("its revision " + instance.revision() + " is unknown");
        }
        Placement placement = new Scheduler(state).place(instance, revision.spec(), now);
        return placement.node() == null
                ? instance.because(Reasons.refused(instance, placement.refusal()))
                : instance.placedOn(placement.node(), placement.ports(), now).because(Reasons.tried(instance));
    }

    /** Whether it was lost and may be taken back: its node is there again, and has not said anything of it yet. */
    private static boolean isBack(ClusterState state, Instance instance) {
        Node node = instance.node() == null ? null : state.node(instance.node());
        return instance.order() == Order.RUN
                && instance.state() == InstanceState.LOST
                && node != null
                && node.state() != NodeState.DOWN;
    }

    private void remindOf(Instance instance, Instant now) {
        if (Scheduler.waits(instance, now)
                && (nextTry == null || instance.notBefore().isBefore(nextTry))) {
            nextTry = instance.notBefore();
        }
    }
}
