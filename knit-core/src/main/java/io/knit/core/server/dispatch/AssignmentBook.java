package io.knit.core.server.dispatch;

import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a node's assignment set out of the state. Loop-bound: it remembers digests of nodes that did not change. */
public final class AssignmentBook {
    private final Map<String, Known> known = new HashMap<>();
    private final SetNumbers numbers;

    public AssignmentBook(SetNumbers numbers) {
        this.numbers = numbers;
    }

    public SetNumbers numbers() {
        return numbers;
    }

    /** The digest of what {@code instances} lead to; valid as long as the state holds the same object. */
    private record Known(Map<String, Instance> instances, String digest) {}

    /** Everything the node is to run or to stop. */
    public AssignmentSet of(ClusterState state, String node) {
        List<Assignment> assignments = new ArrayList<>();
        for (Instance instance : state.instancesOn(node).values()) {
            assignments.add(assignment(state, instance));
        }
        return AssignmentSet.of(numbers.of(state), assignments);
    }

    private static Assignment assignment(ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (instance.order() == Order.STOP || revision == null) {
            return new Assignment(
                    instance.id(),
                    instance.deployment(),
                    instance.revision(),
                    instance.slot(),
                    Order.STOP,
                    null,
                    "",
                    List.of());
        }
        return new Assignment(
                instance.id(),
                instance.deployment(),
                instance.revision(),
                instance.slot(),
                Order.RUN,
                revision.spec(),
                revision.specHash(),
                instance.ports());
    }

    /** The node is forgotten. */
    public void forget(String node) {
        known.remove(node);
    }

    /** The digest of the node's set. */
    public String digest(ClusterState state, String node) {
        Map<String, Instance> instances = state.instancesOn(node);
        Known last = known.get(node);
        if (last != null && last.instances() == instances) {
            return last.digest();
        }
        String digest = of(state, node).digest();
        known.put(node, new Known(instances, digest));
        return digest;
    }
}
