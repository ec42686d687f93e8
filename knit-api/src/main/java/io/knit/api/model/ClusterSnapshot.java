package io.knit.api.model;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The whole committed state at one moment. Immutable; cheap to take.
 *
 * @param cluster the cluster's id
 * @param revision rises with every commit
 * @param lastEvent number of the newest event that this snapshot includes; 0 if none
 * @param deployments by name
 * @param nodes by id; peers without an agent are not among them
 * @param peers hosts on the mesh, as last discovered
 * @param volumes that slots have on nodes, also those of deployments that are gone, by {@link SlotVolume#key}
 */
public record ClusterSnapshot(
        String cluster,
        long revision,
        long lastEvent,
        List<DeploymentView> deployments,
        List<Node> nodes,
        List<Peer> peers,
        List<SlotVolume> volumes) {
    public ClusterSnapshot {
        Objects.requireNonNull(cluster, "cluster");
        deployments = List.copyOf(deployments);
        nodes = List.copyOf(nodes);
        peers = List.copyOf(peers);
        volumes = List.copyOf(volumes);
    }

    /** One without volumes. */
    public ClusterSnapshot(
            String cluster,
            long revision,
            long lastEvent,
            List<DeploymentView> deployments,
            List<Node> nodes,
            List<Peer> peers) {
        this(cluster, revision, lastEvent, deployments, nodes, peers, List.of());
    }

    public Optional<DeploymentView> deployment(String name) {
        return deployments.stream().filter(d -> d.name().equals(name)).findFirst();
    }

    /** Mesh hosts on which no agent has spoken: those whose key no node has. */
    public List<Peer> discovered() {
        Set<String> keys = new HashSet<>();
        nodes.forEach(node -> keys.add(node.meshKey()));
        return peers.stream().filter(peer -> !keys.contains(peer.key())).toList();
    }
}
