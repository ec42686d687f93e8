package io.knit.core.server.schedule;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.fit.Filters;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Bits;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Ranking;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All nodes that fit a group, the best first. Those that count as one value of {@code spread_by} stand in one queue, and the queues in
 * another, so that one more on a value changes one entry and not each of its nodes.
 */
final class Offer {
    private final PriorityQueue<Zone> zones;
    private final int size;
    private @Nullable Zone asked;

    private Offer(PriorityQueue<Zone> zones, int size) {
        this.zones = zones;
        this.size = size;
    }

    /** Nodes with one value, and how many of the deployment they have. */
    private static final class Zone implements Comparable<Zone> {
        private final PriorityQueue<Seat> seats;
        private int count;

        Zone(List<Seat> seats, int count) {
            this.seats = new PriorityQueue<>(seats);
            this.count = count;
        }

        Seat best() {
            return seats.element();
        }

        @Override
        public int compareTo(Zone other) {
            // a node that comes first or last does so from whichever zone it is
            int better = Integer.compare(best().rank(), other.best().rank());
            better = better == 0 ? Integer.compare(count, other.count) : better;
            return better == 0 ? best().compareTo(other.best()) : better;
        }
    }

    static Offer of(Group group, Bits asked, Fleet fleet) {
        Wish wish = group.wish();
        Map<String, Integer> ofDeployment = fleet.liveOf(wish.deployment());
        Ranking ranking = wish.ranking();
        boolean even = !ranking.spreadBy().isEmpty() && !wish.isDrawn();
        Map<String, List<Seat>> byValue = new HashMap<>();
        List<Seat> all = new ArrayList<>(asked.size());
        Predicate<Account> mayCome = Filters.mayCome(wish, fleet);
        for (int place = asked.next(0); place >= 0; place = asked.next(place + 1)) {
            Account account = fleet.at(place);
            // ports are asked for when its turn comes: most nodes' never does
            if (mayCome.test(account)) {
                int own = ofDeployment.isEmpty() ? 0 : ofDeployment.getOrDefault(account.id(), 0);
                Seat seat = new Seat(group, account, fleet, own);
                if (even) {
                    byValue.computeIfAbsent(ranking.value(seat.node()), value -> new ArrayList<>())
                            .add(seat);
                } else {
                    all.add(seat);
                }
            }
        }
        PriorityQueue<Zone> zones = new PriorityQueue<>();
        if (!all.isEmpty()) {
            zones.add(new Zone(all, 0));
        }
        Map<String, Integer> counts = byValue.isEmpty() ? Map.of() : counts(ranking, ofDeployment, fleet);
        int size = all.size();
        for (Map.Entry<String, List<Seat>> each : byValue.entrySet()) {
            size += each.getValue().size();
            zones.add(new Zone(each.getValue(), counts.getOrDefault(each.getKey(), 0)));
        }
        return new Offer(zones, size);
    }

    /** Of all nodes that have some, also those that take no more. */
    static Map<String, Integer> counts(Ranking ranking, Map<String, Integer> ofDeployment, Fleet fleet) {
        Map<String, Integer> counts = new HashMap<>();
        ofDeployment.forEach((id, count) -> {
            Node node = fleet.account(id).node();
            if (node != null) {
                counts.merge(ranking.value(node), count, Integer::sum);
            }
        });
        return counts;
    }

    /** How many nodes fitted at first, but for their ports. */
    int size() {
        return size;
    }

    /** The one that is out of line. */
    Candidate taken(Seat next) {
        return next.candidate(Objects.requireNonNull(asked).count);
    }

    /** The best of all others; null: there is none. */
    @Nullable
    Candidate rival() {
        Zone same = Objects.requireNonNull(asked);
        Zone other = zones.peek();
        boolean none = same.seats.isEmpty();
        Zone best = none || other != null && other.compareTo(same) < 0 ? other : same;
        return best == null ? null : best.best().candidate(best.count);
    }

    boolean isEmpty() {
        return zones.isEmpty();
    }

    /** The best, which is out of line until it {@linkplain #take took} one or is {@linkplain #drop dropped}. */
    Seat next() {
        asked = zones.remove();
        return asked.seats.remove();
    }

    /** The next one has one more of the group, and stands in line again if it is open to another. */
    void take(Seat next, String instance, List<PortBinding> ports) {
        next.take(instance, ports);
        Zone zone = Objects.requireNonNull(asked);
        zone.count++;
        if (next.isOpen()) {
            zone.seats.add(next);
        }
        drop();
    }

    /** The next one takes none. */
    void drop() {
        Zone zone = Objects.requireNonNull(asked);
        if (!zone.seats.isEmpty()) {
            zones.add(zone);
        }
        asked = null;
    }
}
