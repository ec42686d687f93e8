package io.knit.core.server.schedule.fleet;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.in;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.pending;

import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.model.Reservation;
import io.knit.api.model.Resources;
import io.knit.api.model.Strategy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Nodes, instances and wishes from a seed: few names, labels and ports, so that they often meet. */
public final class RandomFleet {
    public final Map<String, Node> nodes = new TreeMap<>();
    public final Map<String, Instance> instances = new TreeMap<>();
    private final Random random;

    public RandomFleet(long seed) {
        random = new Random(seed);
        int size = random.nextInt(13);
        for (int i = 0; i < size; i++) {
            Node node = anyNode();
            nodes.put(node.id(), node);
        }
        int held = random.nextInt(40);
        for (int i = 0; i < held; i++) {
            Instance instance = anyInstance();
            instances.put(instance.id(), instance);
        }
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** As the account should be. */
    public Fleet fleet() {
        Fleet fleet = Fleet.EMPTY;
        for (Node node : nodes.values()) {
            fleet = fleet.with(node);
        }
        for (Instance instance : instances.values()) {
            fleet = fleet.with(null, instance);
        }
        return fleet;
    }

    public Node anyNode() {
        Map<String, String> labels = new TreeMap<>();
        if (below(4) > 0) {
            labels.put("zone", "z" + below(3));
        }
        if (below(2) > 0) {
            labels.put("disk", "ssd");
        }
        NodeState state = below(5) > 0 ? NodeState.READY : below(2) > 0 ? NodeState.SUSPECT : NodeState.DOWN;
        Node node = node("n" + below(14), state, labels, below(2) > 0 ? "10.54.0." + below(6) : null);
        List<String> can = List.of("cpu", "init", "memory", "ports.relay", "resources");
        NodeFacts facts = able(node.facts(), below(2) > 0 ? can : below(4) > 0 ? List.of() : List.of("init"));
        node = node.with(below(8) > 0 ? facts : withoutCapacity(facts));
        return below(6) > 0
                ? node
                : node.with(new NodeWish(NodeWish.Availability.values()[below(3)], Map.of("zone", "z" + below(3))));
    }

    private static NodeFacts withoutCapacity(NodeFacts facts) {
        return new NodeFacts(
                facts.hostname(),
                facts.labels(),
                Capacity.UNKNOWN,
                facts.engineVersion(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                facts.condition(),
                facts.features());
    }

    Instance anyInstance() {
        Instance waiting = pending(anyDeployment() + "-" + below(60), anyDeployment(), 1, 0);
        if (below(6) == 0) {
            return waiting.preparedBy(new Preparation("n" + below(14), below(2) > 0), "");
        }
        if (below(8) == 0) {
            return waiting;
        }
        List<PortBinding> ports = new ArrayList<>();
        for (int i = below(3); i > 0; i--) {
            Protocol protocol = Protocol.values()[below(2)];
            ports.add(new PortBinding(anyAddress(), anyPort(), 80, protocol, isRelayed(protocol), false));
        }
        InstanceState state = InstanceState.values()[1 + below(InstanceState.values().length - 1)];
        Instance placed = in(waiting.placedOn("n" + below(14), ports, anyReservation(), NOW, NOW), state, "");
        Instance maybeFollowed = below(6) == 0 ? placed.staying("next") : placed;
        return below(5) == 0 ? maybeFollowed.stopping("", NOW) : maybeFollowed;
    }

    public DeploymentSpec anySpec() {
        String name = anyDeployment();
        DeploymentSpecBuilder spec = DeploymentSpec.builder(name, "nginx:1.27");
        for (String other : List.of("api", "db", "web")) {
            if (!other.equals(name) && below(4) == 0) {
                spec.near(other);
            }
        }
        if (below(3) == 0) {
            spec.nodeSelector("zone", "z" + below(3));
        }
        if (below(3) == 0) {
            spec.nodeSelector("disk", "ssd");
        }
        spec.init(below(5) > 0);
        for (int i = below(4) - 1; i > 0; i--) {
            Protocol protocol = Protocol.values()[below(2)];
            spec.port(new PortSpec(
                    anyWishedAddress(),
                    below(2) == 0 ? 0 : anyPort() + 10 * (i - 1),
                    80,
                    protocol,
                    isRelayed(protocol),
                    false));
        }
        anyPlace(spec);
        return spec.build();
    }

    private boolean isRelayed(Protocol protocol) {
        return protocol == Protocol.TCP && below(2) == 0;
    }

    private Reservation anyReservation() {
        return below(3) > 0 ? Reservation.NONE : new Reservation(100 * below(8), (long) below(4) * 64 << 20, 0);
    }

    private void anyPlace(DeploymentSpecBuilder spec) {
        if (below(3) == 0) {
            spec.constraint(
                    switch (below(4)) {
                        case 0 -> new Constraint("zone", Constraint.Op.IN, null, List.of("z0", "z1"));
                        case 1 -> new Constraint("disk", Constraint.Op.NOT_EQUAL, "ssd", List.of());
                        case 2 -> new Constraint("node.id", Constraint.Op.NOT_IN, null, List.of("n1", "n2", "n3"));
                        default -> new Constraint("mesh.ip", Constraint.Op.EXISTS, null, List.of());
                    });
        }
        if (below(3) == 0) {
            spec.spreadBy(List.of("zone", "disk", "node.id").get(below(3)));
        }
        if (below(4) == 0) {
            spec.maxPerNode(1 + below(2));
        }
        if (below(3) == 0) {
            spec.prefer(new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of(), 1 + below(5)));
            spec.prefer(new Preference("zone", Constraint.Op.IN, null, List.of("z1", "z2"), 3));
        }
        if (below(3) == 0) {
            spec.strategy(Strategy.BINPACK);
        }
        if (below(3) == 0) {
            spec.resources(Resources.DEFAULT.withCpu(100 * below(9)).withMemory((long) below(4) * 64 << 20));
        }
    }

    /** All with one wish. */
    public List<Instance> anyGroup(DeploymentSpec spec) {
        List<String> avoid = new ArrayList<>();
        for (int i = below(4) == 0 ? below(4) : 0; i > 0; i--) {
            String rejected = "n" + below(14);
            avoid.remove(rejected);
            avoid.add(rejected);
        }
        Instant notBefore = NOW.plusSeconds(below(2));
        Preparation preparation = below(5) == 0 ? new Preparation("n" + below(14), true) : null;
        List<Instance> group = new ArrayList<>();
        for (int slot = 1 + below(12); slot > 0; slot--) {
            String id = spec.name() + "-" + slot + "-new";
            Instance instance = Instance.pending(id, spec.name(), 1, slot, avoid.size(), avoid, notBefore, "", NOW);
            group.add(preparation == null ? instance : instance.preparedBy(preparation, ""));
        }
        return group;
    }

    private String anyDeployment() {
        return List.of("api", "db", "web").get(below(3));
    }

    private String anyAddress() {
        return List.of("127.0.0.1", "0.0.0.0", "::", "::1", "0:0:0:0:0:0:0:1", "10.54.0.1", "10.54.0.2")
                .get(below(7));
    }

    private @Nullable String anyWishedAddress() {
        return switch (below(3)) {
            case 0 -> null;
            case 1 -> PortSpec.MESH;
            default -> anyAddress();
        };
    }

    private int anyPort() {
        return 8000 + below(3);
    }

    public static @Nullable String home(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() != null || preparation == null ? instance.node() : preparation.node();
    }
}
