package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.Reservation;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who looks for others is placed where most of them are, of the nodes that surely take it. Looked at is what nothing else sends elsewhere: that wants neither a
 * port of its own nor a volume, and was rejected nowhere.
 */
final class Nearness {
    private final ClusterSnapshot before;
    private final ClusterSnapshot now;

    private Nearness(ClusterSnapshot before, ClusterSnapshot now) {
        this.before = before;
        this.now = now;
    }

    static void check(ClusterSnapshot before, ClusterSnapshot now, List<DeploymentView> changed) {
        Nearness nearness = new Nearness(before, now);
        for (DeploymentView view : changed) {
            if (isFree(view.deployment().spec())) {
                view.instances().stream()
                        .filter(it -> nearness.isPlaced(it, view.deployment().revision()))
                        .forEach(it -> nearness.check(it, view.deployment().spec()));
            }
        }
    }

    private static boolean isFree(DeploymentSpec spec) {
        return !spec.near().isEmpty()
                && spec.mode() == Mode.REPLICATED
                && spec.spreadBy().isEmpty()
                && spec.ports().stream().allMatch(port -> port.hostPort() == 0)
                && spec.expose().isEmpty()
                && spec.allVolumes().isEmpty();
    }

    /** Whether it got its node just now, and was free to go to any. */
    private boolean isPlaced(Instance instance, int revision) {
        return instance.node() != null
                && instance.revision() == revision
                && instance.attempt() == 0
                && instance.avoid().isEmpty()
                && instance.preparation() == null
                && Safety.find(before, instance.id())
                        .filter(was -> was.node() != null || was.preparation() != null)
                        .isEmpty();
    }

    private void check(Instance instance, DeploymentSpec spec) {
        Optional<Node> chosen = node(now, String.valueOf(instance.node()));
        if (chosen.isEmpty()) {
            return;
        }
        long most = spec.near().stream()
                .filter(other -> mayBeOn(other, chosen.get().id()))
                .count();
        for (Node node : now.nodes()) {
            long there = spec.near().stream()
                    .filter(other -> isOn(before, other, node.id()) && isOn(now, other, node.id()))
                    .count();
            if (there > most && takes(node, spec, chosen.get())) {
                throw new InvariantViolation(instance.id() + ", which is to be near " + spec.near() + ", went to "
                        + instance.node() + ", and " + node.id() + " has more of these");
            }
        }
    }

    /** Whether nothing is known against a node, before and now. */
    private boolean takes(Node node, DeploymentSpec spec, Node chosen) {
        Optional<Node> was = node(before, node.id());
        return was.isPresent()
                && was.get().takesWork()
                && node.takesWork()
                && Slots.isMet(spec, was.get())
                && Slots.isMet(spec, node)
                && was.get().features().containsAll(chosen.features())
                && hasRoom(node, spec)
                && Stream.of(before, now).noneMatch(it -> isCleared(it, node.id()));
    }

    /** Whether it takes one more, whatever of what was there, or is, is there at this moment. */
    private boolean hasRoom(Node node, DeploymentSpec spec) {
        Map<String, Instance> there = new HashMap<>();
        Stream.of(before, now)
                .flatMap(snapshot -> snapshot.deployments().stream())
                .flatMap(view -> view.instances().stream())
                .filter(it -> mayBeOn(it, node.id()))
                .forEach(it -> there.put(it.id(), it));
        Reservation free = node.offers();
        int own = 0;
        for (Instance each : there.values()) {
            free = free.minus(each.reserved());
            own += each.deployment().equals(spec.name()) ? 1 : 0;
        }
        return free.covers(spec.resources().reserved()) && (spec.maxPerNode() == 0 || own < spec.maxPerNode());
    }

    private static boolean mayBeOn(Instance instance, String node) {
        Preparation preparation = instance.preparation();
        return node.equals(instance.node()) || preparation != null && node.equals(preparation.node());
    }

    private static Optional<Node> node(ClusterSnapshot snapshot, String id) {
        return snapshot.nodes().stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /** Whether something has to go there for who goes first. */
    private static boolean isCleared(ClusterSnapshot snapshot, String node) {
        return snapshot.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .anyMatch(it -> node.equals(it.node()) && it.pushedOutBy() != null);
    }

    private static Stream<Instance> of(ClusterSnapshot snapshot, String deployment) {
        return snapshot.deployment(deployment).stream().flatMap(view -> view.instances().stream());
    }

    /** Whether one of it surely counts there: it is to run, and goes for no other. */
    private static boolean isOn(ClusterSnapshot snapshot, String deployment, String node) {
        return of(snapshot, deployment)
                .anyMatch(it -> node.equals(it.node())
                        && it.order() == Order.RUN
                        && !it.state().isEnd()
                        && it.until() == null);
    }

    private boolean mayBeOn(String deployment, String node) {
        return Stream.of(before, now).flatMap(it -> of(it, deployment)).anyMatch(it -> mayBeOn(it, node));
    }
}
