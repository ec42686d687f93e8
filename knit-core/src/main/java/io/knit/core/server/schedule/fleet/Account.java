package io.knit.core.server.schedule.fleet;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Reservation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node holds.
 *
 * @param hash the id's: where thousands of nodes are compared, each look at another object counts
 * @param node null while it holds instances and is not known (it was forgotten, or has not joined)
 * @param live how many instances are wanted there and have not ended, those it makes ready included
 * @param offers what of the node instances may reserve; nothing while it is not known
 * @param reserved what is set aside on it, like the ports
 * @param free what is not set aside yet; kept, as each placement asks it of many nodes
 * @param ports also those of instances that stop, for as long as one is there it may hold them; not of those whose container ended for good
 */
public record Account(
        String id,
        int hash,
        @Nullable Node node,
        int live,
        HeldPorts ports,
        Reservation offers,
        Reservation reserved,
        Reservation free) {
    static Account of(String id) {
        return new Account(
                id, id.hashCode(), null, 0, HeldPorts.NONE, Reservation.NONE, Reservation.NONE, Reservation.NONE);
    }

    Account with(@Nullable Node newer) {
        Reservation offered = newer == null ? Reservation.NONE : newer.offers();
        return new Account(id, hash, newer, live, ports, offered, reserved, offered.minus(reserved));
    }

    Account with(Instance added) {
        Reservation more = reserved.plus(added.setAside());
        return new Account(
                id,
                hash,
                node,
                live + (added.isLive() ? 1 : 0),
                ports.with(held(added), added.id(), added.deployment()),
                offers,
                more,
                offers.minus(more));
    }

    Account without(Instance removed) {
        Reservation less = reserved.minus(removed.setAside());
        return new Account(
                id,
                hash,
                node,
                live - (removed.isLive() ? 1 : 0),
                ports.without(held(removed), removed.id()),
                offers,
                less,
                offers.minus(less));
    }

    private static List<PortBinding> held(Instance instance) {
        return instance.isOver() ? List.of() : instance.ports();
    }

    /** How full it would be with so much left, from 0 to 65,535: by what it has least of. */
    public int fill(Reservation free) {
        long cpu = share(offers.cpu(), free.cpu());
        long memory = share(offers.memory(), free.memory());
        return (int) Math.max(cpu, memory);
    }

    private static long share(long all, long free) {
        return all <= 0 ? 0 : Math.max(0, Math.min(0xffff, (long) ((double) (all - free) / all * 0xffff)));
    }

    boolean isEmpty() {
        return node == null && live == 0 && ports.isEmpty() && reserved.isNone();
    }
}
