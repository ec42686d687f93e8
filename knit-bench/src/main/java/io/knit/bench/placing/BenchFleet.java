package io.knit.bench.placing;

import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.Strategy;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Nodes in ten zones, half of them with an SSD, and deployments that want a zone, some of them an SSD, all of them ports. */
final class BenchFleet {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ZONES = 10;

    private final int nodes;
    private final int deployments;
    private final List<DeploymentSpec> specs = new ArrayList<>();
    private final List<List<Instance>> wanted = new ArrayList<>();
    private Fleet fleet = Fleet.EMPTY;
    private long asked;
    private final List<Instance> placed = new ArrayList<>();

    /**
     * @param replicas of each deployment
     */
    BenchFleet(int nodes, int deployments, int replicas) {
        this(nodes, deployments, replicas, false);
    }

    /** @param choosy whether they have constraints, are even over racks, reserve, and prefer an SSD, too */
    BenchFleet(int nodes, int deployments, int replicas, boolean choosy) {
        this.nodes = nodes;
        this.deployments = deployments;
        for (int i = 0; i < nodes; i++) {
            fleet = fleet.with(node(i));
        }
        for (int number = 0; number < deployments; number++) {
            DeploymentSpec spec = choosy ? choosy(number) : spec(number);
            specs.add(spec);
            wanted.add(IntStream.range(0, replicas)
                    .mapToObj(slot -> pending(spec.name(), slot))
                    .toList());
        }
    }

    static Node node(int number) {
        String id = String.format(Locale.ROOT, "node-%05d", number);
        Map<String, String> labels = Map.of(
                "zone",
                "z" + number % ZONES,
                "disk",
                number / ZONES % 2 == 0 ? "ssd" : "hdd",
                "os",
                "linux",
                "rack",
                "r" + number / 20 % 40);
        String meshIp = "10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256;
        NodeFacts facts = new NodeFacts(
                id,
                labels,
                new Capacity(8, 1L << 34),
                "docker 27.0",
                "0.2.0",
                meshIp,
                null,
                "",
                List.of("cpu", "memory", "resources"));
        NodeJudgement ready = new NodeJudgement(NodeState.READY, "", NOW, List.of());
        return new Node(id, "identity-of-" + id, null, NodeWish.NONE, facts, ready);
    }

    private static DeploymentSpec choosy(int number) {
        DeploymentSpecBuilder spec = DeploymentSpec.builder("app-" + number, "nginx:1.27")
                .constraint(Constraint.equal("zone", "z" + number % ZONES))
                .constraint(new Constraint("disk", Constraint.Op.NOT_EQUAL, "tape", List.of()))
                .constraint(new Constraint("node.engine", Constraint.Op.GREATER, "20.10", List.of()))
                .prefer(new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of(), 10))
                .spreadBy("rack")
                .maxPerNode(3)
                .resources(Resources.DEFAULT.withCpu(50).withMemory(64L << 20))
                .port(new PortSpec(null, 0, 80, Protocol.TCP));
        return (number % 4 == 0 ? spec.strategy(Strategy.BINPACK) : spec).build();
    }

    private static DeploymentSpec spec(int number) {
        DeploymentSpecBuilder spec = DeploymentSpec.builder("app-" + number, "nginx:1.27")
                .nodeSelector("os", "linux")
                .nodeSelector("zone", "z" + number % ZONES)
                .port(new PortSpec(null, 0, 80, Protocol.TCP));
        if (number % 4 == 0) {
            spec.nodeSelector("disk", "ssd");
        }
        if (number % 5 == 0) {
            spec.port(new PortSpec(null, 8_000 + number / 5, 443, Protocol.TCP));
        }
        return spec.build();
    }

    private static Instance pending(String deployment, int slot) {
        String id = deployment + "-" + slot + "-" + Integer.toString(Math.abs((deployment + slot).hashCode()), 36);
        return Instance.pending(id, deployment, 1, slot, 0, List.of(), NOW, "", NOW);
    }

    /** All instances, group by group, each into the account at once, as a commit does. */
    void placeAll() {
        for (int number = 0; number < deployments; number++) {
            for (Instance instance : wanted.get(number)) {
                fleet = fleet.with(null, instance);
            }
            for (Group group : Group.of(wanted.get(number), specs.get(number), NOW)) {
                place(group);
            }
        }
    }

    private void place(Group group) {
        GroupPlacement placement = Scheduler.place(fleet, group);
        asked += placement.nodesAsked();
        if (placement.waiting() != null) {
            throw new IllegalStateException(placement.waiting().refusal().sentence());
        }
        for (int i = 0; i < group.instances().size(); i++) {
            Instance before = group.instances().get(i);
            Placement to = placement.placed().get(i);
            Instance after = before.placedOn(
                    Objects.requireNonNull(to.node()), to.ports(), group.wish().reserved(), NOW, NOW);
            fleet = fleet.with(before, after);
            placed.add(after);
        }
    }

    /** Every agent says of all it runs that it still does. */
    int changedByNews() {
        int changed = 0;
        for (Instance instance : placed) {
            Fleet after = fleet.with(instance, instance.with(Observed.NOTHING));
            changed += after == fleet ? 0 : 1;
        }
        return changed;
    }

    /** So many deployments of one instance each, which want a label that no node has; none of them is like another. */
    List<Waiting> thatFitNowhere(int number) {
        List<Waiting> waiting = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String name = "nowhere-" + i;
            DeploymentSpec spec = DeploymentSpec.builder(name, "nginx:1.27")
                    .nodeSelector("gpu", "a" + i)
                    .port(new PortSpec(null, 80, 80, Protocol.TCP))
                    .build();
            Group group = Group.of(List.of(pending(name, 0)), spec, NOW).get(0);
            waiting.add(Objects.requireNonNull(Scheduler.place(fleet, group).waiting()));
        }
        return waiting;
    }

    int size() {
        return nodes;
    }

    /** How many nodes were looked at, of all groups. */
    long asked() {
        return asked;
    }

    List<Instance> placed() {
        return placed;
    }
}
