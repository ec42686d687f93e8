package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Reservation;
import io.knit.api.model.Strategy;
import io.knit.core.rules.node.Match;
import io.knit.core.rules.node.NodeFact;
import io.knit.core.server.schedule.fit.PortAssigner;
import io.knit.core.server.schedule.fleet.RandomFleet;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How instances are placed, told as plainly as it can be: one by one, with a look at every node and at all that it holds. */
final class ReferenceScheduler {
    private final Map<String, Node> nodes;
    private final Map<String, Instance> instances;
    private final DeploymentSpec spec;
    private final Instant now;

    ReferenceScheduler(RandomFleet world, DeploymentSpec spec, Instant now) {
        nodes = world.nodes;
        instances = new TreeMap<>(world.instances);
        this.spec = spec;
        this.now = now;
    }

    /** Null: no node fits. */
    @Nullable
    Placement place(Instance wanted) {
        List<Node> fitting = new ArrayList<>(
                nodes.values().stream().filter(node -> fits(wanted, node)).toList());
        fitting.sort(preference(wanted));
        for (Node node : fitting) {
            List<PortBinding> ports = ports(wanted, node);
            if (ports != null) {
                instances.put(
                        wanted.id(),
                        wanted.placedOn(node.id(), ports, spec.resources().reserved(), now, now));
                return Placement.on(node.id(), ports, "");
            }
        }
        return null;
    }

    boolean fits(Instance wanted, Node node) {
        boolean labels =
                node.labels().entrySet().containsAll(spec.nodeSelector().entrySet());
        boolean rejected = wanted.avoid().contains(node.id()) && now.isBefore(wanted.notBefore());
        return node.takesWork()
                && node.features().containsAll(SpecTable.features(spec))
                && labels
                && !rejected
                && spec.constraints().stream()
                        .allMatch(constraint -> Match.of(constraint).meets(node))
                && hasRoom(node)
                && (spec.maxPerNode() == 0 || there(wanted, node) < spec.maxPerNode())
                && spec.ports().stream().allMatch(port -> hasAddress(node, port))
                && spec.ports().stream()
                        .filter(port -> port.hostPort() != 0)
                        .allMatch(port -> isFreeFor(wanted, node, PortAssigner.resolve(port, node, port.hostPort())));
    }

    private boolean hasRoom(Node node) {
        Reservation asked = spec.resources().reserved();
        return asked.isNone() || node.capacity().isKnown() && free(node).covers(asked);
    }

    private Reservation free(Node node) {
        Reservation free = node.offers();
        for (Instance instance : on(node)) {
            free = free.minus(instance.reserved());
        }
        return free;
    }

    /** Also those that stop, and none that has ended for good or is only made ready. */
    private long there(Instance wanted, Node node) {
        return instances.values().stream()
                .filter(i -> node.id().equals(i.node())
                        && !i.isOver()
                        && i.deployment().equals(wanted.deployment()))
                .count();
    }

    /** How many of the deployment are live on nodes that count as one with this. */
    private long alike(Instance wanted, Node node) {
        return nodes.values().stream()
                .filter(other -> value(other).equals(value(node)))
                .mapToLong(other -> own(wanted, other))
                .sum();
    }

    private String value(Node node) {
        return java.util.Objects.requireNonNullElse(NodeFact.valueOf(spec.spreadBy(), node), "");
    }

    private int liking(Node node) {
        long near = spec.near().stream()
                .filter(other -> on(node).stream()
                        .anyMatch(i -> i.isLive()
                                && i.until() == null
                                && i.deployment().equals(other)))
                .count();
        return (int) near * DeploymentSpec.NEAR_WEIGHT
                + spec.prefer().stream()
                        .filter(preference -> Match.of(preference.wished()).meets(node))
                        .mapToInt(Preference::weight)
                        .sum();
    }

    private long own(Instance wanted, Node node) {
        return on(node).stream()
                .filter(i -> i.isLive() && i.until() == null && i.deployment().equals(wanted.deployment()))
                .count();
    }

    private Comparator<Node> strategy(Instance wanted) {
        Comparator<Node> all = Comparator.comparing(
                n -> on(n).stream().filter(Instance::isLive).count());
        if (spec.strategy() == Strategy.SPREAD) {
            return Comparator.comparing((Node n) -> own(wanted, n)).thenComparing(all);
        }
        return Comparator.comparing((Node n) -> -fill(n)).thenComparing(all.reversed());
    }

    private int fill(Node node) {
        Reservation all = node.offers();
        Reservation free = free(node);
        double cpu = all.cpu() == 0 ? 0 : (double) (all.cpu() - free.cpu()) / all.cpu();
        double memory = all.memory() == 0 ? 0 : (double) (all.memory() - free.memory()) / all.memory();
        return (int) (Math.min(1, Math.max(cpu, memory)) * 0xffff);
    }

    private boolean hasAddress(Node node, PortSpec port) {
        if (PortSpec.MESH.equals(port.hostIp())) {
            return node.meshIp() != null;
        }
        String owner = nodes.values().stream()
                .filter(n -> port.hostIp() != null && port.hostIp().equals(n.meshIp()))
                .map(Node::id)
                .max(Comparator.naturalOrder())
                .orElse(node.id());
        return owner.equals(node.id());
    }

    private boolean isFreeFor(Instance wanted, Node node, PortBinding port) {
        return on(node).stream()
                .allMatch(other -> other.ports().stream().noneMatch(port::clashesWith)
                        || other.deployment().equals(wanted.deployment())
                                && other.ports().stream()
                                        .filter(port::clashesWith)
                                        .allMatch(held -> held.relay()
                                                && port.relay()
                                                && held.hostIp().equals(port.hostIp())));
    }

    private boolean isFree(Node node, PortBinding port) {
        return on(node).stream().flatMap(i -> i.ports().stream()).noneMatch(port::clashesWith);
    }

    private List<Instance> on(Node node) {
        return instances.values().stream()
                .filter(i -> node.id().equals(RandomFleet.home(i)) && !i.isOver())
                .toList();
    }

    private Comparator<Node> preference(Instance wanted) {
        String ready = wanted.preparation() == null ? "" : wanted.preparation().node();
        return Comparator.comparing((Node n) -> !n.id().equals(ready))
                .thenComparing(n -> wanted.avoid().indexOf(n.id()))
                .thenComparing(n -> spec.spreadBy().isEmpty() ? 0 : alike(wanted, n))
                .thenComparing(n -> -liking(n))
                .thenComparing(strategy(wanted))
                .thenComparing(n -> Seat.mix(wanted.deployment().hashCode() * 31 + n.id().hashCode()))
                .thenComparing(Node::id);
    }

    private @Nullable List<PortBinding> ports(Instance wanted, Node node) {
        List<PortBinding> ports = new ArrayList<>();
        List<PortBinding> own = new ArrayList<>();
        for (PortSpec port : spec.ports()) {
            PortBinding fixed = port.hostPort() == 0 ? null : PortAssigner.resolve(port, node, port.hostPort());
            ports.add(fixed);
            if (fixed != null) {
                own.add(fixed);
            }
        }
        int range = PortAssigner.LAST - PortAssigner.FIRST + 1;
        for (int i = 0; i < ports.size(); i++) {
            for (int tried = 0; ports.get(i) == null && tried < range; tried++) {
                int number = PortAssigner.FIRST + Math.floorMod(wanted.id().hashCode() + tried, range);
                PortBinding binding = PortAssigner.resolve(spec.ports().get(i), node, number);
                if (isFree(node, binding) && own.stream().noneMatch(binding::clashesWith)) {
                    ports.set(i, binding);
                    own.add(binding);
                }
            }
        }
        return ports.stream().allMatch(Objects::nonNull) ? ports : null;
    }
}
