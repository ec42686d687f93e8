package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What waits for people is left as it is: what works is not replaced while its deployment is paused, nor beyond the canaries before somebody promotes them. And a
 * node that is to take nothing gets nothing.
 */
final class Canaries {
    /** By deployment; which rollout it is in that nobody promoted. */
    private final Map<String, String> rollouts = new HashMap<>();
    /** By deployment; the most canaries that this rollout was to have. */
    private final Map<String, Integer> most = new HashMap<>();
    /** By deployment; the slots replaced in this rollout. */
    private final Map<String, Set<SlotKey>> replaced = new HashMap<>();
    /** Ids of those that had a node. */
    private final Set<String> placed = new HashSet<>();

    void check(ClusterSnapshot before, ClusterSnapshot now, List<DeploymentView> changed) {
        Set<String> closed = closed(before);
        closed.retainAll(closed(now));
        Set<String> nodes = now.nodes().stream().map(Node::id).collect(Collectors.toSet());
        // in place of one that is forgotten another is tried
        replaced.values().forEach(slots -> slots.removeIf(slot -> slot.name() != null && !nodes.contains(slot.name())));
        for (DeploymentView view : changed) {
            view.instances().forEach(it -> requireOpen(it, closed));
            if (view.deployment().spec().mode().runsToAnEnd()) {
                continue;
            }
            note(view.deployment());
            before.deployment(view.name())
                    .ifPresent(was -> view.instances().stream()
                            .filter(it -> isReplaced(was, view, it))
                            .filter(it -> !isLeaving(before, it) && !isLeaving(now, it))
                            .forEach(it -> require(was.deployment(), view, it)));
        }
    }

    /** Ids of the nodes that are to take nothing. */
    static Set<String> closed(ClusterSnapshot snapshot) {
        Set<String> closed = new HashSet<>();
        for (Node node : snapshot.nodes()) {
            if (node.wish().availability() != NodeWish.Availability.ACTIVE) {
                closed.add(node.id());
            }
        }
        return closed;
    }

    private void requireOpen(Instance instance, Set<String> closed) {
        String node = instance.node();
        if (node != null && placed.add(instance.id()) && closed.contains(node)) {
            throw new InvariantViolation(instance + " was placed on a node that is to take nothing");
        }
    }

    private void note(Deployment wish) {
        Rollout rollout = wish.rollout();
        boolean tried = rollout.from() > 0
                && !rollout.promoted()
                && wish.spec().update().canary() > 0
                && (rollout.phase() == Rollout.Phase.MOVING || rollout.phase() == Rollout.Phase.CANARY);
        String which = wish.createdAt() + " " + rollout.from();
        if (!tried || wish.deleting()) {
            rollouts.remove(wish.name());
            return;
        }
        if (!which.equals(rollouts.put(wish.name(), which))) {
            most.remove(wish.name());
            replaced.remove(wish.name());
        }
        most.merge(wish.name(), wish.spec().update().canary(), Math::max);
    }

    /** Whether it works and is to go for a newer revision. */
    private static boolean isReplaced(DeploymentView before, DeploymentView now, Instance instance) {
        boolean worked = before.instances().stream()
                .anyMatch(was -> was.id().equals(instance.id()) && was.order() == Order.RUN && was.isHealthy());
        // what its agent says in the same commit to have ended did not go for that
        return worked
                && instance.order() == Order.STOP
                && instance.observed().isHealthy()
                && instance.revision() < now.deployment().revision()
                && instance.pushedOutBy() == null
                && !instance.decided().lost()
                && now.instances().stream()
                        .anyMatch(it -> it.order() == Order.RUN && it.slotKey().equals(instance.slotKey()));
    }

    /** Whether it goes for its node's sake, whatever becomes of its deployment's update. */
    private static boolean isLeaving(ClusterSnapshot snapshot, Instance instance) {
        return instance.leaves() != null
                || snapshot.nodes().stream()
                        .anyMatch(node -> node.id().equals(instance.node())
                                && node.wish().availability() == NodeWish.Availability.DRAINED);
    }

    private void require(Deployment before, DeploymentView now, Instance instance) {
        Deployment wish = now.deployment();
        Rollout.Phase phase = wish.rollout().phase();
        boolean back = phase == Rollout.Phase.ROLLING_BACK;
        // what was begun is brought to its end
        boolean followed = now.instances().stream()
                .anyMatch(it -> it.slotKey().equals(instance.slotKey()) && it.order() == Order.RUN && it.isHealthy());
        boolean paused = before.paused() && wish.paused() && !back && !followed;
        boolean tried = phase == Rollout.Phase.CANARY && before.rollout().phase() == phase;
        if (rollouts.containsKey(wish.name())) {
            Set<SlotKey> slots = replaced.computeIfAbsent(wish.name(), none -> new TreeSet<>());
            slots.add(instance.slotKey());
            tried |= slots.size() > most.getOrDefault(wish.name(), 0);
        }
        if (paused || tried) {
            throw new InvariantViolation(instance.id() + " worked and went for another revision, though " + wish.name()
                    + (paused ? " is paused: " : " waits to be promoted: ") + wish.rollout());
        }
    }
}
