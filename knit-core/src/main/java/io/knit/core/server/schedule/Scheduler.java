package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.fit.Filters;
import io.knit.core.server.schedule.fit.Misfit;
import io.knit.core.server.schedule.fit.PortAssigner;
import io.knit.core.server.schedule.fit.Refusal;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Bits;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Places groups of instances on nodes: filters, then the node with the fewest instances of the deployment, then with the fewest of all;
 * ties are broken by a hash of deployment and node, so that equal nodes fill evenly without any randomness. Pure.
 */
public final class Scheduler {
    private Scheduler() {}

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
                Misfit cause = Filters.refuse(wish, best.node(), best.ports(), fleet);
                shut.put(best.node().id(), new Refusal.Shut(cause == null ? Misfit.NO_FREE_PORT : cause, best.ports()));
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
}
