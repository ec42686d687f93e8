package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Preparation;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Places instances on nodes: filters, then the node with the fewest instances of the deployment, then with the fewest of all;
 * ties are broken by a hash of instance and node, so that equal nodes fill evenly without any randomness. Made for one state;
 * pure but for that it is handed the instances it placed itself one after the other.
 */
public final class Scheduler {
    private final ClusterState state;
    private final Map<String, String> nodeByMeshIp = new HashMap<>();

    public Scheduler(ClusterState state) {
        this.state = state;
        for (Node node : state.nodes().values()) {
            if (node.meshIp() != null) {
                nodeByMeshIp.put(node.meshIp(), node.id());
            }
        }
    }

    /** The best node for an instance, as the state is. */
    public Placement place(Instance instance, DeploymentSpec spec, Instant now) {
        Wish wish = new Wish(instance, spec, now);
        Unfit refusals = new Unfit();
        List<Candidate> fitting = state.nodes().values().stream()
                .map(node -> candidate(node))
                .filter(candidate -> fits(wish, candidate, refusals))
                .sorted(preference(wish))
                .toList();
        for (Candidate candidate : fitting) {
            Optional<List<PortBinding>> ports = PortAssigner.assign(wish, candidate);
            if (ports.isPresent()) {
                return Placement.on(candidate.node().id(), ports.get());
            }
            refusals.add(
                    candidate.node().id(),
                    "has no free host port from " + PortAssigner.FIRST + " to " + PortAssigner.LAST);
        }
        return Placement.refused(refusals.sentence());
    }

    /**
     * Whether it is not tried again yet where it was rejected. These times are kept, so they are of the day: where the clock went back
     * behind the moment it was made, the wait counts as over, else it could take as long as the jump.
     */
    public static boolean waits(Instance instance, Instant now) {
        return now.isBefore(instance.notBefore()) && !now.isBefore(instance.createdAt());
    }

    private Candidate candidate(Node node) {
        Collection<Instance> held = state.instancesOn(node.id()).values();
        return new Candidate(node, held, ip -> Optional.ofNullable(nodeByMeshIp.get(ip)));
    }

    private static boolean fits(Wish wish, Candidate candidate, Unfit refusals) {
        for (NodeFilter filter : NodeFilters.ALL) {
            Optional<String> refusal = filter.refuse(wish, candidate);
            if (refusal.isPresent()) {
                refusals.add(candidate.node().id(), refusal.get());
                return false;
            }
        }
        return true;
    }

    private static Comparator<Candidate> preference(Wish wish) {
        Instance instance = wish.instance();
        // nodes that did not reject it, then the one that did so longest ago: else one that never can would be tried
        // for ever
        Preparation preparation = instance.preparation();
        String ready = preparation == null ? "" : preparation.node();
        return Comparator.<Candidate, Boolean>comparing(c -> !c.node().id().equals(ready))
                .thenComparingInt(c -> instance.avoid().indexOf(c.node().id()))
                .thenComparingLong(c -> c.countOf(instance.deployment()))
                .thenComparingLong(Candidate::live)
                .thenComparingInt(c -> (instance.id() + c.node().id()).hashCode())
                .thenComparing(c -> c.node().id());
    }
}
