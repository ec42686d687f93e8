package io.knit.core.server.schedule;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import java.util.List;

/** A node that fits, while a group is being placed: with what it was given of the group already. */
final class Seat implements Comparable<Seat> {
    private final Node node;
    /** Lower is better: the one that makes it ready, those that never rejected it, those that did, the longest ago first. */
    private final int rank;

    private final boolean drawn;
    private final int tie;
    private int ofDeployment;
    private int live;
    private HeldPorts ports;

    Seat(Wish wish, Node node, int ofDeployment, int live, HeldPorts ports) {
        this.node = node;
        this.rank = node.id().equals(wish.ready()) ? -2 : wish.avoid().indexOf(node.id());
        this.drawn = wish.isDrawn();
        this.tie =
                mix((wish.deployment().hashCode() + wish.lot()) * 31 + node.id().hashCode());
        this.ofDeployment = ofDeployment;
        this.live = live;
        this.ports = ports;
    }

    Node node() {
        return node;
    }

    HeldPorts ports() {
        return ports;
    }

    void take(String instance, String deployment, List<PortBinding> taken) {
        ofDeployment++;
        live++;
        ports = ports.with(taken, instance, deployment);
    }

    @Override
    public int compareTo(Seat other) {
        int order = Integer.compare(rank, other.rank);
        if (order == 0 && !drawn) {
            order = Integer.compare(ofDeployment, other.ofDeployment);
            order = order == 0 ? Integer.compare(live, other.live) : order;
        }
        order = order == 0 ? Integer.compare(tie, other.tie) : order;
        return order == 0 ? node.id().compareTo(other.node.id()) : order;
    }

    /** Every bit of the sum has a say in every bit of the result, else nodes that are numbered would keep their order for all deployments. */
    static int mix(int sum) {
        int mixed = (sum ^ sum >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
