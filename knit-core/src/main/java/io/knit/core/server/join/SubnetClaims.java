package io.knit.core.server.join;

import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.rules.node.ContainerSubnets;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which subnets of a node's containers are told to others: those to which the server's own mesh leads, where it says so, and that are no other node's. What an agent says of itself is not
 * enough: names lead to what lies in them. (Pure.)
 *
 * @param taken those that are
 * @param fault why others are not, in words; empty: all are
 */
public record SubnetClaims(List<String> taken, String fault) {
    public SubnetClaims {
        taken = List.copyOf(taken);
    }

    /** @param owner whom the mesh knows under the node's address */
    public static SubnetClaims of(ClusterState state, Optional<Peer> owner, Heartbeat beat) {
        List<String> claimed = ContainerSubnets.sound(beat.containerSubnets());
        if (claimed.isEmpty()) {
            return new SubnetClaims(List.of(), "");
        }
        List<String> taken = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (String subnet : claimed) {
            Optional<String> fault = fault(state, owner, beat, subnet);
            fault.ifPresentOrElse(faults::add, () -> taken.add(subnet));
        }
        return new SubnetClaims(taken, String.join("; ", faults));
    }

    private static Optional<String> fault(ClusterState state, Optional<Peer> owner, Heartbeat beat, String subnet) {
        String ip = beat.meshIp();
        if (ip != null && ContainerSubnets.have(List.of(subnet), ip)) {
            return Optional.of("its host's own mesh address " + ip + " is in the container subnet " + subnet
                    + "; give a subnet of its containers alone");
        }
        List<String> routed = owner.map(Peer::routableNetworks).orElse(null);
        if (routed != null && routed.stream().noneMatch(each -> ContainerSubnets.isWithin(subnet, each))) {
            return Optional.of("the mesh does not lead to the container subnet " + subnet
                    + ": wg-mesh names it under none of its host's routable_networks");
        }
        Node known = state.node(beat.node());
        if (known != null && known.facts().containerSubnets().contains(subnet)) {
            return Optional.empty();
        }
        return state.nodes().values().stream()
                .filter(other -> !other.id().equals(beat.node()))
                .filter(other -> other.facts().containerSubnets().stream()
                        .anyMatch(each -> ContainerSubnets.overlap(each, subnet)))
                .findFirst()
                .map(other -> "the container subnet " + subnet + " is the node " + other.id()
                        + "'s; each host needs one of its own");
    }
}
