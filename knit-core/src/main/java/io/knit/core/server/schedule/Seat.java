package io.knit.core.server.schedule;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.HeldPorts;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import java.util.Objects;

/** A node that fits, while a group is being placed: with what it was given of the group already. */
final class Seat implements Comparable<Seat> {
    /** So many of one deployment, or of all, are on no node. */
    private static final int MOST = (1 << 24) - 1;

    private final Account account;
    private final boolean drawn;
    /**
     * Lower is better, in the highest bits that of the node itself: the one that makes it ready, those that never rejected it, those that did,
     * the longest ago first; then how many of the deployment it has, then how many of all.
     */
    private long order;

    private final int tie;
    private HeldPorts ports;

    Seat(Wish wish, Account account, int ofDeployment) {
        this.account = account;
        this.drawn = wish.isDrawn();
        long load = (long) Math.min(ofDeployment, MOST) << 24 | Math.min(account.live(), MOST);
        this.order = rank(wish, account) << 48 | (drawn ? 0 : load);
        this.tie = mix((wish.deployment().hashCode() + wish.lot()) * 31 + account.hash());
        this.ports = account.ports();
    }

    private static long rank(Wish wish, Account account) {
        if (wish.ready() != null && wish.ready().equals(account.id())) {
            return 0;
        }
        return wish.avoid().isEmpty() ? 1 : 2 + wish.avoid().indexOf(account.id());
    }

    Node node() {
        return Objects.requireNonNull(account.node());
    }

    HeldPorts ports() {
        return ports;
    }

    void take(String instance, String deployment, List<PortBinding> taken) {
        order += drawn ? 0 : 1L << 24 | 1;
        ports = ports.with(taken, instance, deployment);
    }

    @Override
    public int compareTo(Seat other) {
        int better = Long.compare(order, other.order);
        better = better == 0 ? Integer.compare(tie, other.tie) : better;
        return better == 0 ? account.id().compareTo(other.account.id()) : better;
    }

    /** Every bit of the sum has a say in every bit of the result, else nodes that are numbered would keep their order for all deployments. */
    static int mix(int sum) {
        int mixed = (sum ^ sum >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
