package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Reservation;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What nodes give: each host port once, but what a relay shares among instances of one deployment, and no more than they have. */
final class Givings {
    private Givings() {}

    static void check(ClusterSnapshot snapshot, List<DeploymentView> changed) {
        Set<String> touched = changed.stream()
                .flatMap(view -> view.instances().stream())
                .map(Instance::node)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        Map<String, List<Instance>> byNode = new HashMap<>();
        for (DeploymentView deployment : snapshot.deployments()) {
            for (Instance instance : deployment.instances()) {
                String node = instance.node();
                if (node != null
                        && touched.contains(node)
                        && !instance.ports().isEmpty()
                        && !instance.state().isEnd()) {
                    byNode.computeIfAbsent(node, none -> new ArrayList<>()).add(instance);
                }
            }
        }
        checkRoom(snapshot);
        byNode.values().forEach(Givings::checkPorts);
    }

    /** What is set aside on a node is never more than it offers, once it has said what it has. */
    private static void checkRoom(ClusterSnapshot snapshot) {
        Map<String, Reservation> reserved = new HashMap<>();
        for (DeploymentView deployment : snapshot.deployments()) {
            for (Instance instance : deployment.instances()) {
                // not as the server's own account has it: until nothing of it is there any more, whatever it was told
                boolean there = instance.node() != null
                        && (instance.state() != InstanceState.FAILED || instance.isBeingEnded());
                if (there) {
                    reserved.merge(instance.node(), instance.reserved(), Reservation::plus);
                }
            }
        }
        for (Node node : snapshot.nodes()) {
            Reservation held = reserved.getOrDefault(node.id(), Reservation.NONE);
            if (node.capacity().isKnown() && !node.offers().covers(held)) {
                throw new InvariantViolation(
                        node.id() + " offers " + node.offers() + ", and " + held + " is set aside on it");
            }
        }
    }

    private static void checkPorts(List<Instance> onNode) {
        for (int i = 0; i < onNode.size(); i++) {
            for (int j = 0; j < i; j++) {
                Instance a = onNode.get(i);
                Instance b = onNode.get(j);
                if (haveOnePort(a, b)) {
                    throw new InvariantViolation(a.id() + " and " + b.id() + " were given one port of " + a.node());
                }
            }
        }
    }

    /** Without streams: there are some million pairs in a large fleet's history. */
    private static boolean haveOnePort(Instance a, Instance b) {
        for (PortBinding port : a.ports()) {
            for (PortBinding other : b.ports()) {
                boolean shared = a.deployment().equals(b.deployment()) && port.isSharedWith(other);
                if (port.clashesWith(other) && !shared) {
                    return true;
                }
            }
        }
        return false;
    }
}
