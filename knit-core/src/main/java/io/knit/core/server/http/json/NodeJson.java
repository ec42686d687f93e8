package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.Absence;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.api.model.Reservation;
import io.knit.api.spi.Cores;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes as the API shows them, never with their identity; then the mesh's hosts without an agent. */
public final class NodeJson {
    /** No node's id begins so, and each comes before it. */
    private static final String MESH = "~";

    private NodeJson() {}

    /**
     * What a node has to carry.
     *
     * @param instances how many it has that have not ended
     * @param reserved what is set aside for all that it has
     */
    public record Load(long instances, Reservation reserved) {
        public static final Load NONE = new Load(0, Reservation.NONE);

        private Load plus(Instance instance) {
            return new Load(instances + (instance.state().isEnd() ? 0 : 1), reserved.plus(instance.setAside()));
        }
    }

    /**
     * One of the list.
     *
     * @param key by which the list is in order: nodes before hosts without an agent
     * @param node or null
     * @param peer or null
     */
    public record Row(
            String key, @Nullable Node node, @Nullable Peer peer) {}

    public static List<Row> rows(ClusterSnapshot snapshot) {
        return Stream.concat(
                        snapshot.nodes().stream().map(node -> new Row(node.id(), node, null)),
                        snapshot.discovered().stream().map(peer -> new Row(MESH + peer.key(), null, peer)))
                .sorted(Comparator.comparing(Row::key))
                .toList();
    }

    /** @param liveness by a node's id, asked when its turn comes */
    public static Stream<ObjectNode> of(ClusterSnapshot snapshot, List<Row> rows, Function<String, Liveness> liveness) {
        Map<String, Load> loads = loads(snapshot);
        return rows.stream().map(row -> {
            Node node = row.node();
            Peer peer = row.peer();
            return node == null || peer != null
                    ? peer(Objects.requireNonNull(peer))
                    : of(node, loads.getOrDefault(node.id(), Load.NONE), liveness.apply(node.id()));
        });
    }

    /** Of one node. */
    public static Load load(ClusterSnapshot snapshot, String node) {
        return loads(snapshot).getOrDefault(node, Load.NONE);
    }

    /** By the node's id; a node that has nothing is not there. */
    private static Map<String, Load> loads(ClusterSnapshot snapshot) {
        Map<String, Load> loads = new HashMap<>();
        snapshot.deployments()
                .forEach(deployment -> deployment.instances().forEach(instance -> {
                    if (instance.node() != null) {
                        loads.merge(instance.node(), Load.NONE.plus(instance), (before, one) -> before.plus(instance));
                    }
                }));
        return loads;
    }

    public static ObjectNode of(Node node, Load load, Liveness liveness) {
        ObjectNode json = Json.object();
        json.put("id", node.id());
        json.put("hostname", node.hostname());
        json.put("state", node.state().wireName());
        json.put("availability", node.wish().availability().wireName());
        json.put("availability_by", node.wish().by());
        json.put(
                "drain_deadline",
                node.wish().deadline() == null ? null : node.wish().deadline().toString());
        json.put("drain_start_first", node.wish().startFirst());
        json.set("labels", Json.object(node.labels()));
        json.putObject("capacity")
                .put("cpus", node.capacity().cpus())
                .put("memory_bytes", node.capacity().memoryBytes())
                .put("gpus", node.capacity().gpus());
        json.set("reserve", reservation(node.reserve()));
        json.set("reserved", reservation(load.reserved()));
        json.set("free", reservation(node.free(load.reserved())));
        ArrayNode allows = json.putArray("allows");
        node.facts().allows().forEach(allows::add);
        json.put("os", node.facts().os());
        json.put("arch", node.facts().arch());
        json.put("engine_version", node.engineVersion());
        json.put("agent_version", node.agentVersion());
        json.put("mesh_ip", node.meshIp());
        json.put("condition", node.condition());
        json.put("names_fault", node.facts().namesFault());
        ArrayNode subnets = json.putArray("container_subnets");
        node.facts().containerSubnets().forEach(subnets::add);
        json.put("routes_fault", node.facts().routesFault());
        json.put("reason", node.reason());
        ArrayNode witnesses = json.putArray("witnesses");
        node.judgement().witnesses().forEach(witness -> witnesses.add(witness.wireName()));
        json.set("seen_by", seenBy(liveness));
        Absence absence = liveness.absence();
        json.put("silent_since", absence == null ? null : absence.since().toString());
        json.put(
                "clock_ahead_ms",
                liveness.clockAhead() == null ? null : liveness.clockAhead().toMillis());
        json.put("instances", load.instances());
        json.put("changed_at", node.changedAt().toString());
        return json;
    }

    private static ArrayNode seenBy(Liveness liveness) {
        ArrayNode json = Json.object().arrayNode();
        liveness.testimonies()
                .forEach(each -> json.addObject()
                        .put("witness", each.witness().wireName())
                        .put("alive", each.alive())
                        .put("at", each.at() == null ? null : each.at().toString())
                        .put("words", each.words()));
        return json;
    }

    private static ObjectNode reservation(Reservation reservation) {
        return Json.object()
                .put("cpu", Cores.decimal(reservation.cpu()))
                .put("memory_bytes", reservation.memory())
                .put("gpus", reservation.gpus());
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
