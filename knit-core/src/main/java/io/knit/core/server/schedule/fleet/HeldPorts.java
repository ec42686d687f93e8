package io.knit.core.server.schedule.fleet;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.IntTreePMap;

/** The ports that a node's instances hold, found by their number: whether one is free costs the same however many there are. Immutable. */
public final class HeldPorts {
    static final HeldPorts NONE = new HeldPorts(IntTreePMap.empty());

    /** One port may be held more than once: on several addresses, and for a moment by several who clash. */
    private final IntTreePMap<List<Holder>> byNumber;

    /** Who holds a port. */
    record Holder(PortBinding port, String instance, String deployment) {
        /** Whether an instance of the deployment can't have that port beside this one. */
        boolean isAgainst(PortBinding wanted, String wisher) {
            return port.clashesWith(wanted) && !(deployment.equals(wisher) && port.isSharedWith(wanted));
        }
    }

    private HeldPorts(IntTreePMap<List<Holder>> byNumber) {
        this.byNumber = byNumber;
    }

    boolean isEmpty() {
        return byNumber.isEmpty();
    }

    public HeldPorts with(List<PortBinding> ports, String instance, String deployment) {
        IntTreePMap<List<Holder>> next = byNumber;
        for (PortBinding port : ports) {
            List<Holder> present = next.get(key(port));
            Holder added = new Holder(port, instance, deployment);
            next = next.plus(key(port), present == null ? List.of(added) : and(present, added));
        }
        return ports.isEmpty() ? this : new HeldPorts(next);
    }

    HeldPorts without(List<PortBinding> ports, String instance) {
        IntTreePMap<List<Holder>> next = byNumber;
        for (PortBinding port : ports) {
            List<Holder> rest = new ArrayList<>(next.getOrDefault(key(port), List.of()));
            rest.removeIf(h -> h.instance().equals(instance) && h.port().equals(port));
            next = rest.isEmpty() ? next.minus(key(port)) : next.plus(key(port), List.copyOf(rest));
        }
        return ports.isEmpty() ? this : new HeldPorts(next);
    }

    /** Whether nobody has it. */
    public boolean isFree(PortBinding wanted) {
        List<Holder> holders = byNumber.get(key(wanted));
        return holders == null || holders.stream().noneMatch(h -> h.port().clashesWith(wanted));
    }

    /** Whether an instance of the deployment may have it: nobody has, or those alone with whom it shares a relay. */
    public boolean isFreeFor(String deployment, PortBinding wanted) {
        List<Holder> holders = byNumber.get(key(wanted));
        return holders == null || holders.stream().noneMatch(h -> h.isAgainst(wanted, deployment));
    }

    /** Whose deployment holds what an instance of this one can't have beside it, always the same of several. */
    public Optional<String> deploymentHolding(PortBinding wanted, String deployment) {
        return byNumber.getOrDefault(key(wanted), List.of()).stream()
                .filter(h -> h.isAgainst(wanted, deployment))
                .map(Holder::deployment)
                .min(Comparator.naturalOrder());
    }

    private static List<Holder> and(List<Holder> present, Holder added) {
        List<Holder> all = new ArrayList<>(present);
        all.add(added);
        return List.copyOf(all);
    }

    private static Integer key(PortBinding port) {
        return port.hostPort() * Protocol.values().length + port.protocol().ordinal();
    }
}
