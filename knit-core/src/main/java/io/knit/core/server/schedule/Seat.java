package io.knit.core.server.schedule;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import java.util.List;

/** A node that fits, while a group is being placed: with what it was given of the group already. */
final class Seat implements Comparable<Seat> {
    /** So many of one deployment, or of all, are on no node. */
    private static final int MOST = (1 << 24) - 1;

    private final Node node;
    private final boolean drawn;
    /**
     * Lower is better, in the highest bits that of the node itself: the one that makes it ready, those that never rejected it, those that did,
     * the longest ago first; then how many of the deployment it has, then how many of all.
     */
    private long order;

    private final int tie;
    private HeldPorts ports;

    Seat(Wish wish, Node node, int ofDeployment, int live, HeldPorts ports) {
        this.node = node;
        this.drawn = wish.isDrawn();
        long rank = node.id().equals(wish.ready()) ? 0 : 2 + wish.avoid().indexOf(node.id());
        long load = (long) Math.min(ofDeployment, MOST) << 24 | Math.min(live, MOST);
        this.order = rank << 48 | (drawn ? 0 : load);
        this.tie =
                mix((wish.deployment().hashCode() + wish.lot()) * 31 + node.id().hashCode());
        this.ports = ports;
    }

    Node node() {
        return node;
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
        return better == 0 ? node.id().compareTo(other.node.id()) : better;
    }

    /** Every bit of the sum has a say in every bit of the result, else nodes that are numbered would keep their order for all deployments. */
    static int mix(int sum) {
        int mixed = (sum ^ sum >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
