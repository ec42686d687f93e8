package io.knit.testkit.sim.check;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.SlotKey;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which slots a deployment of a simulation should have, worked out apart from the server. */
final class Slots {
    private Slots() {}

    static Set<SlotKey> of(DeploymentSpec spec, Collection<Node> nodes) {
        if (spec.mode() == Mode.GLOBAL) {
            return nodes.stream()
                    .filter(node -> isMet(spec, node))
                    .map(node -> SlotKey.of(node.id()))
                    .collect(Collectors.toSet());
        }
        int count = spec.job() == null ? spec.replicas() : spec.job().completions();
        return IntStream.range(0, count).mapToObj(SlotKey::of).collect(Collectors.toSet());
    }

    /** Of the few things that random specs ask for. */
    static boolean isMet(DeploymentSpec spec, Node node) {
        return node.labels().entrySet().containsAll(spec.nodeSelector().entrySet())
                && spec.constraints().stream()
                        .noneMatch(it -> it.op() == Constraint.Op.NOT_EQUAL
                                && Objects.equals(it.value(), node.labels().get(it.key())));
    }
}
