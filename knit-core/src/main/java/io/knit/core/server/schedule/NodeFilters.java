package io.knit.core.server.schedule;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.core.wire.SpecFeatures;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The filters, in the order they are asked: the first refusal is the one a user reads. */
final class NodeFilters {
    static final List<NodeFilter> ALL = List.of(
            NodeFilters::takesWork,
            NodeFilters::abilities,
            NodeFilters::selector,
            NodeFilters::meshAddress,
            NodeFilters::hostPorts,
            NodeFilters::rejectedBefore);

    private NodeFilters() {}

    private static Optional<String> takesWork(LoneWish wish, Candidate candidate) {
        Node node = candidate.node();
        if (node.takesWork()) {
            return Optional.empty();
        }
        String why = node.condition().isEmpty() ? node.reason() : node.condition();
        return Optional.of("takes no work now (" + node.state().wireName() + (why.isEmpty() ? "" : ", " + why) + ")");
    }

    /** An agent that does not know a field would leave it out in silence. */
    private static Optional<String> abilities(LoneWish wish, Candidate candidate) {
        Node node = candidate.node();
        List<String> lacking = SpecFeatures.of(wish.spec()).stream()
                .filter(feature -> !node.features().contains(feature))
                .toList();
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of("has an agent " + node.agentVersion() + " that knows no " + String.join(", ", lacking)
                        + "; upgrade it");
    }

    private static Optional<String> selector(LoneWish wish, Candidate candidate) {
        for (Map.Entry<String, String> wanted : wish.spec().nodeSelector().entrySet()) {
            String had = candidate.node().labels().get(wanted.getKey());
            if (!wanted.getValue().equals(had)) {
                String label = wanted.getKey() + "=" + wanted.getValue();
                return Optional.of(
                        had == null
                                ? "lacks the label " + label
                                : "has " + wanted.getKey() + "=" + had + ", not " + label);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> meshAddress(LoneWish wish, Candidate candidate) {
        for (PortSpec port : wish.spec().ports()) {
            String ip = port.hostIp();
            if (PortSpec.MESH.equals(ip) && candidate.node().meshIp() == null) {
                return Optional.of("has no mesh address for host_ip \"mesh\"");
            }
            Optional<String> owner =
                    ip == null ? Optional.empty() : candidate.otherMeshIps().ownerOf(ip);
            if (owner.isPresent() && !owner.get().equals(candidate.node().id())) {
                return Optional.of("does not have the address " + ip + ", which is " + owner.get() + "'s");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> hostPorts(LoneWish wish, Candidate candidate) {
        for (PortSpec port : wish.spec().ports()) {
            if (port.hostPort() == 0) {
                continue;
            }
            PortBinding wanted = PortAssigner.resolve(port, candidate.node(), port.hostPort());
            Optional<Instance> holder = candidate.holderOf(wanted);
            if (holder.isPresent()) {
                Instance by = holder.get();
                return Optional.of("has host port " + wanted.hostIp() + ":" + wanted.hostPort() + " taken by " + by.id()
                        + " (" + by.state().wireName() + ")");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> rejectedBefore(LoneWish wish, Candidate candidate) {
        Instance instance = wish.instance();
        if (instance.avoid().contains(candidate.node().id()) && Scheduler.waits(instance, wish.now())) {
            return Optional.of("could not take it a moment ago");
        }
        return Optional.empty();
    }
}
