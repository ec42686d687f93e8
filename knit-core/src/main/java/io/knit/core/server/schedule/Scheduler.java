package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Preparation;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

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

    /**
     * Places a group: asks each node once, takes the best for each instance in turn, and says once why none is left. What of them is placed
     * must be in the account before the next group is.
     */
    public static GroupPlacement place(Fleet fleet, Group group) {
        Wish wish = group.wish();
        Bits asked = fleet.admitting(wish);
        PriorityQueue<Seat> seats = new PriorityQueue<>(seats(wish, asked, fleet));
        List<Placement> placed = new ArrayList<>();
        Map<String, Refusal.Shut> shut = new HashMap<>();
        while (placed.size() < group.instances().size() && !seats.isEmpty()) {
            Seat best = seats.remove();
            String instance = group.instances().get(placed.size()).id();
            List<PortBinding> ports = PortAssigner.assign(wish, instance, best.node(), best.ports());
            if (ports == null) {
                // neither has it one for the next of the group
                Cause cause = Filters.refuse(wish, best.node(), best.ports(), fleet);
                shut.put(best.node().id(), new Refusal.Shut(cause == null ? Cause.NO_FREE_PORT : cause, best.ports()));
                continue;
            }
            placed.add(Placement.on(best.node().id(), ports));
            best.take(instance, wish.deployment(), ports);
            seats.add(best);
        }
        Waiting waiting = placed.size() == group.instances().size()
                ? null
                : new Waiting(wish, Refusal.of(wish, fleet, shut), group.tryAgain());
        return new GroupPlacement(placed, waiting, asked.size());
    }

    /** The best node for one instance. */
    public static Placement place(Fleet fleet, Instance instance, DeploymentSpec spec, Instant now) {
        GroupPlacement placement =
                place(fleet, Group.of(List.of(instance), spec, now).get(0));
        Waiting waiting = placement.waiting();
        return waiting == null
                ? placement.placed().get(0)
                : Placement.refused(waiting.refusal().sentence());
    }

    private static List<Seat> seats(Wish wish, Bits asked, Fleet fleet) {
        Map<String, Integer> ofDeployment = fleet.liveOf(wish.deployment());
        List<Seat> seats = new ArrayList<>(asked.size());
        for (int place = asked.next(0); place >= 0; place = asked.next(place + 1)) {
            Account account = fleet.at(place);
            // ports are asked for when its turn comes: most nodes' never does
            if (Filters.mayCome(wish, account, fleet)) {
                int own = ofDeployment.isEmpty() ? 0 : ofDeployment.getOrDefault(account.id(), 0);
                seats.add(new Seat(wish, account, own));
            }
        }
        return seats;
    }

    /** The best node for an instance, as the state is. */
    public Placement place(Instance instance, DeploymentSpec spec, Instant now) {
        LoneWish wish = new LoneWish(instance, spec, now);
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

    private static boolean fits(LoneWish wish, Candidate candidate, Unfit refusals) {
        for (NodeFilter filter : NodeFilters.ALL) {
            Optional<String> refusal = filter.refuse(wish, candidate);
            if (refusal.isPresent()) {
                refusals.add(candidate.node().id(), refusal.get());
                return false;
            }
        }
        return true;
    }

    private static Comparator<Candidate> preference(LoneWish wish) {
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
