package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Order;
import io.knit.api.model.Reservation;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.api.model.UpdateOrder;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an update may take away. Of a deployment that starts first a healthy instance goes only when another is healthy in its slot; of others no more slots
 * are without one than may be replaced at once. What ends by itself, is out of reach or is pushed out is not the update's doing, nor what users give up.
 */
final class Outages {
    /** By deployment; slots whose healthy instance was stopped for a newer revision, and that had none since. */
    private final Map<String, Set<SlotKey>> down = new HashMap<>();
    /** By deployment; the most slots that could be replaced at once under the rules with which what is down was begun. */
    private final Map<String, Integer> most = new HashMap<>();

    void check(ClusterSnapshot before, ClusterSnapshot now, List<DeploymentView> changed) {
        Set<String> away = now.nodes().stream()
                .filter(node -> node.state() == NodeState.DOWN)
                .map(Node::id)
                .collect(Collectors.toSet());
        away.addAll(Canaries.closed(now));
        for (DeploymentView view : changed) {
            checkLost(before, now, view);
            Deployment wish = view.deployment();
            Set<SlotKey> gone = down.computeIfAbsent(view.name(), none -> new TreeSet<>());
            if (wish.deleting() || wish.spec().mode().runsToAnEnd()) {
                gone.clear();
                continue;
            }
            Set<SlotKey> wanted = Slots.of(wish.spec(), now.nodes());
            // what would have gone with its node, or gets nothing there meanwhile, is not the update's doing any more
            gone.removeIf(slot -> !wanted.contains(slot) || isOver(view, slot) || away.contains(slot.name()));
            if (gone.isEmpty()) {
                most.remove(view.name());
            }
            before.deployment(view.name())
                    .ifPresent(was -> view.instances().stream()
                            .filter(it -> wanted.contains(it.slotKey()) && isTaken(was, view, it))
                            .filter(it -> !isCleared(before, it) && !isCleared(now, it))
                            .forEach(it -> take(wish, it, gone, startsFirst(before, now, was.deployment(), wish, it))));
            most.merge(view.name(), wish.spec().update().maxParallel(), Math::max);
            boolean all = wish.rollout().phase() == Rollout.Phase.ROLLING_BACK;
            if (all) {
                most.put(view.name(), Integer.MAX_VALUE);
            } else if (gone.size() > most.getOrDefault(view.name(), 0)) {
                throw new InvariantViolation("an update of " + view.name() + " took away " + gone + " at once, and "
                        + most.get(view.name()) + " may be replaced: " + view.instances());
            }
        }
    }

    /** Whether it was healthy, and is as far as its agent said, and is to stop now, for the update alone. */
    private static boolean isTaken(DeploymentView before, DeploymentView now, Instance instance) {
        return instance.order() == Order.STOP
                && instance.pushedOutBy() == null
                && instance.observed().isHealthy()
                && !instance.decided().lost()
                && before.instances().stream()
                        .anyMatch(was -> was.id().equals(instance.id()) && was.order() == Order.RUN && was.isHealthy())
                && now.instances().stream().noneMatch(it -> serves(it, instance.slotKey()));
    }

    /** Whether people want its node to be empty by a time, or its slot is that node: then it goes whatever follows it. */
    private static boolean isCleared(ClusterSnapshot snapshot, Instance instance) {
        return snapshot.nodes().stream()
                .filter(node -> node.id().equals(instance.node()))
                .map(Node::wish)
                .anyMatch(wish -> wish.availability() == NodeWish.Availability.DRAINED
                        && (wish.deadline() != null || instance.key() != null));
    }

    private static void take(Deployment wish, Instance instance, Set<SlotKey> gone, boolean startsFirst) {
        if (startsFirst) {
            throw new InvariantViolation(
                    instance.id() + " was healthy and went, and nothing else is healthy in its slot, though "
                            + wish.name() + " starts first, or what leaves " + instance.node() + " does");
        }
        gone.add(instance.slotKey());
    }

    /** As the deployment has it, or, where it only has to leave a node, who drains that. */
    private static boolean startsFirst(
            ClusterSnapshot before, ClusterSnapshot now, Deployment was, Deployment wish, Instance instance) {
        DeploymentSpec spec = wish.spec();
        List<Boolean> asked = Stream.of(before, now)
                .flatMap(snapshot -> snapshot.nodes().stream())
                .filter(node -> node.id().equals(instance.node())
                        && node.wish().availability() == NodeWish.Availability.DRAINED)
                .flatMap(node -> Stream.ofNullable(node.wish().startFirst()))
                .toList();
        boolean moves = instance.revision() == was.revision() && instance.revision() == wish.revision();
        boolean first = moves && mayBeTwo(spec) && asked.equals(List.of(true, true));
        return first || !asked.contains(false) && (spec.update().order() == UpdateOrder.START_FIRST || isFree(spec));
    }

    private static boolean mayBeTwo(DeploymentSpec spec) {
        return spec.ports().stream().allMatch(port -> port.hostPort() == 0)
                && spec.expose().isEmpty()
                && spec.allVolumes().isEmpty();
    }

    /** Whether it starts first by itself, for nothing of what it wants of a node stands in the way of a second one there. */
    private static boolean isFree(DeploymentSpec spec) {
        return spec.update().order() == UpdateOrder.AUTO
                && spec.ports().isEmpty()
                && spec.expose().isEmpty()
                && spec.allVolumes().isEmpty()
                && spec.resources().reserved().equals(Reservation.NONE)
                && spec.maxPerNode() == 0;
    }

    /** Whether something is healthy in the slot again, or what came has failed by itself and is passed over. */
    private static boolean isOver(DeploymentView view, SlotKey slot) {
        boolean passes = view.deployment().spec().update().onFailure() == OnFailure.CONTINUE;
        return view.instances().stream()
                .filter(it -> it.slotKey().equals(slot))
                .anyMatch(it -> serves(it, slot) || passes && it.failing() || it.order() == Order.RUN && it.isOver());
    }

    private static boolean serves(Instance instance, SlotKey slot) {
        return instance.slotKey().equals(slot) && instance.order() == Order.RUN && instance.isHealthy();
    }

    /** What was lost and is still wanted is not given up before another does its work: else the return of its node ends the only one. */
    private static void checkLost(ClusterSnapshot before, ClusterSnapshot snapshot, DeploymentView now) {
        for (Instance instance : now.instances()) {
            boolean givenUp = instance.order() == Order.STOP
                    && instance.state() == InstanceState.LOST
                    && instance.pushedOutBy() == null
                    && Safety.find(before, instance.id())
                            .filter(was -> was.order() == Order.RUN)
                            .filter(was -> was.state() == InstanceState.LOST || !isLeft(was, now, snapshot))
                            .isPresent();
            if (givenUp
                    && isWanted(instance, now, snapshot)
                    && !isCleared(before, instance)
                    && !isCleared(snapshot, instance)
                    && now.instances().stream().noneMatch(other -> fills(before, other, instance.slotKey()))) {
                throw new InvariantViolation(instance.id() + " was given up, and nothing else fills its slot");
            }
        }
    }

    /**
     * Whether something else than its node's silence may have had it stopped in one step with the loss: it ended, is to go elsewhere, or is not of the newest
     * revision. Else what is stopped as it is lost is given up, too.
     */
    private static boolean isLeft(Instance was, DeploymentView now, ClusterSnapshot snapshot) {
        boolean drained = snapshot.nodes().stream()
                .filter(node -> node.id().equals(was.node()))
                .anyMatch(node -> node.wish().availability() == NodeWish.Availability.DRAINED);
        return was.state().isEnd()
                || was.leaves() != null
                || drained
                || was.revision() < now.deployment().revision();
    }

    private static boolean isWanted(Instance instance, DeploymentView view, ClusterSnapshot snapshot) {
        return !view.deployment().deleting()
                && !view.deployment().spec().mode().runsToAnEnd()
                && Slots.of(view.deployment().spec(), snapshot.nodes()).contains(instance.slotKey());
    }

    /** Also if its turn to be replaced came at once: what may go for an update is checked of itself. */
    private static boolean fills(ClusterSnapshot before, Instance instance, SlotKey slot) {
        boolean replaced = instance.order() == Order.STOP
                && instance.observed().state() == InstanceState.RUNNING
                && Safety.find(before, instance.id())
                        .filter(was -> was.order() == Order.RUN)
                        .isPresent();
        boolean runs = instance.order() == Order.RUN && instance.state() == InstanceState.RUNNING;
        return instance.slotKey().equals(slot) && (runs || replaced);
    }
}
