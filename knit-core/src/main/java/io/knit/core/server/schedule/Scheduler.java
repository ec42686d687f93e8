package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.fit.Filters;
import io.knit.core.server.schedule.fit.Left;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Places groups of instances on nodes: filters, then the value of {@code spread_by} with the fewest of the deployment, then what is
 * preferred, then by the strategy: the node with the fewest instances of the deployment, then with the fewest of all, or the fullest. Ties are broken by a hash of deployment and node, so that equal nodes fill evenly without any randomness. Pure.
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
        Offer offer = Offer.of(group, asked, fleet);
        List<Placement> placed = new ArrayList<>();
        Map<String, Seat> shut = new HashMap<>();
        Grounds grounds = offer.isEmpty() ? null : Grounds.of(group, fleet, offer.size());
        while (placed.size() < group.instances().size() && !offer.isEmpty()) {
            Seat best = offer.next();
            String instance = group.instances().get(placed.size()).id();
            List<PortBinding> ports =
                    PortAssigner.assign(wish, instance, best.node(), best.left().ports());
            if (ports == null) {
                // neither has it one for the next of the group
                offer.drop();
            } else {
                String why = Objects.requireNonNull(grounds).why(offer.taken(best), offer.rival());
                placed.add(Placement.on(best.node().id(), ports, why));
                offer.take(best, instance, ports);
            }
            if (ports == null || !best.isOpen()) {
                shut.put(best.node().id(), best);
            }
        }
        Waiting waiting = placed.size() == group.instances().size()
                ? null
                : new Waiting(wish, Refusal.of(wish, fleet, shut(wish, shut, fleet)), group.tryAgain());
        return new GroupPlacement(placed, waiting, asked.size());
    }

    /** The ports that an instance would have on a node; null: it does not fit there. */
    public static @Nullable List<PortBinding> ports(Fleet fleet, Wish wish, String instance, String on) {
        Account account = fleet.account(on);
        Node node = account.node();
        if (node == null || !wish.asks(on)) {
            return null;
        }
        Left left = Left.of(account, wish, fleet);
        return Filters.refuse(wish, node, left, fleet) == null
                ? PortAssigner.assign(wish, instance, node, left.ports())
                : null;
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

    /** What they have against one more of the group, which has filled them itself. */
    private static Map<String, Refusal.Shut> shut(Wish wish, Map<String, Seat> seats, Fleet fleet) {
        Map<String, Refusal.Shut> shut = new HashMap<>();
        seats.forEach((node, seat) -> {
            Misfit cause = Filters.refuse(wish, seat.node(), seat.left(), fleet);
            shut.put(node, new Refusal.Shut(cause == null ? Misfit.NO_FREE_PORT : cause, seat.left()));
        });
        return shut;
    }
}
