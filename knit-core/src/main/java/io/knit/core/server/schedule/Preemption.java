package io.knit.core.server.schedule;

import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Bits;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom an instance that fits nowhere may push out, so that it fits (pure). Only what is of lower priority and runs, or has room kept
 * for it; of that the lowest priorities, of
 * those the fewest, of as many the newest. Nobody is pushed out in vain: each of those that are chosen is needed, and with all of them gone it fits.
 */
public final class Preemption {
    /** So many instances are looked at in one search. */
    public static final int MOST_SEEN = 50_000;
    /** On so many nodes it is tried who can be spared. */
    static final int MOST_TRIED = 100;

    private static final Comparator<Tenant> SPARED_FIRST = Comparator.comparingInt(Tenant::priority)
            .reversed()
            .thenComparingLong(Tenant::size)
            .thenComparing(tenant -> tenant.instance().createdAt())
            .thenComparing(tenant -> tenant.instance().id());

    private final Fleet fleet;
    private final Wish wish;
    private final String instance;
    private final Tenants tenants;
    private int seen;

    /** Who is on the nodes. */
    public interface Tenants {
        /** The instances that have this node, or are made ready on it. */
        Iterable<Instance> on(String node);

        /** That of a deployment as it is wished now; empty: it may not be pushed out. */
        Optional<Integer> priority(String deployment);
    }

    /** One that may be pushed out. */
    private record Tenant(Instance instance, int priority, long size) {}

    /**
     * What is to be done.
     *
     * @param node where it fits then
     * @param ports that it has there
     * @param victims the highest priority first
     * @param highest of their priorities
     * @param newest when the oldest of them was made, the later the better
     */
    private record Choice(String node, List<PortBinding> ports, List<Instance> victims, int highest, long newest) {
        static final Comparator<Choice> BEST = Comparator.comparingInt(Choice::highest)
                .thenComparingInt(choice -> choice.victims().size())
                .thenComparing(Choice::newest, Comparator.reverseOrder())
                .thenComparing(Choice::node);
    }

    /**
     * Who is pushed out.
     *
     * @param node where the instance fits once they are gone
     * @param ports that it has there
     * @param seen how many instances were looked at
     */
    public record Eviction(@Nullable String node, List<PortBinding> ports, List<Instance> victims, int seen) {
        public Eviction {
            ports = List.copyOf(ports);
            victims = List.copyOf(victims);
        }
    }

    private Preemption(Fleet fleet, Wish wish, String instance, Tenants tenants) {
        this.fleet = fleet;
        this.wish = wish;
        this.instance = instance;
        this.tenants = tenants;
    }

    /** @param fleet with what stops already taken out of it, so that nobody is pushed out for room that comes anyway */
    public static Eviction of(Fleet fleet, Wish wish, String instance, Tenants tenants) {
        return new Preemption(fleet, wish, instance, tenants).choose();
    }

    private Eviction choose() {
        Bits asked = fleet.admitting(wish);
        int tried = 0;
        Choice best = null;
        for (int place = asked.next(0); place >= 0 && tried < MOST_TRIED; place = asked.next(place + 1)) {
            Account account = fleet.at(place);
            if (seen >= MOST_SEEN || !account.offers().covers(wish.reserved())) {
                continue;
            }
            List<Tenant> lower = lower(account);
            if (lower.isEmpty()) {
                continue;
            }
            Choice choice = on(account, lower);
            if (choice != null) {
                // nodes where it does not fit with all of them gone are no reason to try no others
                tried++;
                best = best == null || Choice.BEST.compare(choice, best) < 0 ? choice : best;
            }
        }
        return best == null
                ? new Eviction(null, List.of(), List.of(), seen)
                : new Eviction(best.node(), best.ports(), best.victims(), seen);
    }

    private List<Tenant> lower(Account account) {
        List<Tenant> lower = new ArrayList<>();
        for (Instance tenant : tenants.on(account.id())) {
            seen++;
            Optional<Integer> priority = tenant.isLive() && account.id().equals(Fleet.home(tenant))
                    ? tenants.priority(tenant.deployment())
                    : Optional.empty();
            if (priority.isPresent() && priority.get() < wish.priority()) {
                int size = account.fill(account.offers().minus(tenant.reserved()));
                lower.add(new Tenant(tenant, priority.get(), size));
            }
        }
        return lower;
    }

    /** Null: not with all of them gone. */
    private @Nullable Choice on(Account account, List<Tenant> lower) {
        Fleet rest = fleet;
        for (Tenant tenant : lower) {
            rest = rest.without(tenant.instance());
        }
        if (Scheduler.ports(rest, wish, instance, account.id()) == null) {
            return null;
        }
        lower.sort(SPARED_FIRST);
        List<Instance> victims = new ArrayList<>();
        int highest = 0;
        long newest = Long.MAX_VALUE;
        for (Tenant tenant : lower) {
            Fleet spared = rest.with(null, tenant.instance());
            if (Scheduler.ports(spared, wish, instance, account.id()) != null) {
                rest = spared;
            } else {
                victims.add(tenant.instance());
                highest = Math.max(highest, tenant.priority());
                newest = Math.min(newest, tenant.instance().createdAt().toEpochMilli());
            }
        }
        List<PortBinding> ports = Objects.requireNonNull(Scheduler.ports(rest, wish, instance, account.id()));
        return new Choice(account.id(), ports, victims, highest, newest);
    }
}
