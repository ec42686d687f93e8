package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Nodes as the API shows them, never with their identity; then the mesh's hosts without an agent. */
public final class NodeJson {
    private NodeJson() {}

    public static Stream<ObjectNode> of(ClusterSnapshot snapshot) {
        Map<String, Long> instances = instances(snapshot);
        return Stream.concat(
                snapshot.nodes().stream().map(node -> of(node, instances.getOrDefault(node.id(), 0L))),
                snapshot.discovered().stream().map(NodeJson::peer));
    }

    /** How many instances each node has that have not ended, by its id. */
    public static Map<String, Long> instances(ClusterSnapshot snapshot) {
        return snapshot.deployments().stream()
                .flatMap(deployment -> deployment.instances().stream())
                .filter(instance -> instance.node() != null && !instance.state().isEnd())
                .collect(Collectors.groupingBy(
                        (Instance instance) -> Objects.requireNonNull(instance.node()), Collectors.counting()));
    }

    public static ObjectNode of(Node node, long instances) {
        ObjectNode json = Json.object();
        json.put("id", node.id());
        json.put("hostname", node.hostname());
        json.put("state", node.state().wireName());
        json.put("availability", node.wish().availability().wireName());
        json.put("availability_by", node.wish().by());
        json.set("labels", Json.object(node.labels()));
        json.putObject("capacity")
                .put("cpus", node.capacity().cpus())
                .put("memory_bytes", node.capacity().memoryBytes());
        json.put("engine_version", node.engineVersion());
        json.put("agent_version", node.agentVersion());
        json.put("mesh_ip", node.meshIp());
        json.put("condition", node.condition());
        json.put("reason", node.reason());
        ArrayNode witnesses = json.putArray("witnesses");
        node.judgement().witnesses().forEach(witness -> witnesses.add(witness.wireName()));
        json.put("instances", instances);
        json.put("changed_at", node.changedAt().toString());
        return json;
    }

    private static ObjectNode peer(Peer peer) {
        ObjectNode json = Json.object();
        json.putNull("id");
        json.put("hostname", peer.hostname());
        json.put("state", NodeState.DISCOVERED.wireName());
        json.put("mesh_ip", peer.meshIp());
        json.put("reason", "on the mesh, but no agent has spoken; start an agent there");
        json.put("last_seen", peer.lastSeen() == null ? null : peer.lastSeen().toString());
        return json;
    }
}
