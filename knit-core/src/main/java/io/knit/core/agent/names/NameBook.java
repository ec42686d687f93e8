package io.knit.core.agent.names;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.rules.IpAddress;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a name below {@code knit} leads: those on this node first, the others as chance has it. The newest table and the newest that is known of this node count.
 * Thread-safe.
 */
public final class NameBook {
    /** The last label of all names that it has. */
    public static final String ROOT = "knit";
    /** So many are told at once; who asks again is told others. */
    public static final int MOST = 32;

    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final String node;
    private final LocalInstances local;
    private final Predicate<String> routed;
    private volatile HeldNames held = HeldNames.NONE;

    /**
     * @param node this one's id
     * @param routed whether the mesh leads from here to containers' own addresses of that kind
     */
    public NameBook(String node, LocalInstances local, Predicate<String> routed) {
        this.node = node;
        this.local = local;
        this.routed = routed;
    }

    HeldNames held() {
        return held;
    }

    /** Whether any table was ever heard of. */
    public boolean isKnown() {
        return held.digest() != null;
    }

    void take(HeldNames newest) {
        held = newest;
    }

    /** The stack of a deployment; empty: none, or not known. */
    public String stack(String deployment) {
        return held.stack(deployment);
    }

    /**
     * A port of an instance, published on its node.
     *
     * @param priority the lower the better
     * @param target the name that leads to {@code address}
     */
    public record Service(int priority, int port, String target, String address) {}

    /**
     * What a name leads to; where both are empty, the name is one all the same.
     *
     * @param addresses of IPv4 and IPv6, the best first
     */
    public record Found(List<String> addresses, List<Service> services) {
        static final Found NOTHING = new Found(List.of(), List.of());
    }

    /**
     * Where a deployment's healthy instances are, and on what ports, for who is on that network; none are there that have no port for it.
     *
     * @param name as a container of the deployment would ask for it: {@code web}, {@code web.shop}
     * @param deployment that asks; of what stack and on what networks it is, the table says: no node's spec has the stack
     * @param network the first one that they are on, empty: the engine's own; null: none that others are on
     * @return always in the same order: those on this node, then by their names
     */
    public List<Endpoint> endpoints(String name, String deployment, @Nullable String network) {
        return new Endpoints(held, node, local, routed).of(name, deployment, network);
    }

    /** An instance as it is chosen among others. */
    private record Place(NamedInstance instance, boolean here) {}

    /**
     * Empty: there is no such name.
     *
     * @param labels of the name without {@link #ROOT}, in lower case
     * @param asker the address of who asks
     * @param chance chooses among those that are as near
     */
    public Optional<Found> find(List<String> labels, String asker, RandomGenerator chance) {
        HeldNames names = held;
        int depth = labels.size();
        boolean service = depth >= 1 && labels.get(0).startsWith("_");
        if (service) {
            List<String> rest = labels.subList(Math.min(2, depth), depth);
            return meant(names, rest, asker)
                    .map(all -> depth == 2 + rest.size() && !rest.isEmpty()
                            ? services(names, all, labels.get(0).substring(1), labels.get(1), chance)
                            : Found.NOTHING);
        }
        Optional<Collection<String>> deployments = meant(names, labels, asker);
        if (deployments.isPresent()) {
            return Optional.of(new Found(addresses(names, deployments.get(), asker, chance), List.of()));
        }
        return depth == 2 ? instance(names, labels.get(0), labels.get(1)) : Optional.empty();
    }

    /**
     * What a word leads to for a container of this node, as its search list has it: some programs look for names by themselves, and know no search list.
     *
     * @param name in lower case
     * @param asker the address of who asks
     * @return empty: there is none of that name, or who asks is not known
     */
    public Optional<Found> word(String name, String asker, RandomGenerator chance) {
        LocalInstances.Here from = local.at(asker);
        if (from == null) {
            return Optional.empty();
        }
        HeldNames names = held;
        return PlainNames.of(names, name, from.deployment())
                .map(all -> new Found(addresses(names, all, asker, chance), List.of()));
    }

    /** Names of deployments that the labels stand for to who asks; empty: there is no such name. */
    private Optional<Collection<String>> meant(HeldNames names, List<String> labels, String asker) {
        Optional<Collection<String>> all = deployments(names, labels);
        LocalInstances.Here from = all.isPresent() ? null : local.at(asker);
        return from == null ? all : PlainNames.searched(names, labels, from.deployment());
    }

    /** Names of deployments that the labels stand for; empty: there is no such name. */
    static Optional<Collection<String>> deployments(HeldNames names, List<String> labels) {
        if (labels.isEmpty()) {
            return Optional.of(List.of());
        }
        if (labels.size() > 2) {
            return Optional.empty();
        }
        if (labels.size() == 1) {
            String name = labels.get(0);
            boolean known = names.deployments().containsKey(name);
            return known || names.stacks().containsKey(name)
                    ? Optional.of(known ? List.of(name) : List.of())
                    : Optional.empty();
        }
        String called = labels.get(0);
        String stack = labels.get(1);
        Map<String, NamedDeployment> all = names.stacks().get(stack);
        List<String> found = all == null
                ? List.of()
                : all.values().stream()
                        .filter(it -> it.name().equals(called)
                                || it.name().equals(stack + "-" + called)
                                || it.aliases().stream()
                                        .anyMatch(alias ->
                                                alias.toLowerCase(Locale.ROOT).equals(called)))
                        .map(NamedDeployment::name)
                        .toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private Optional<Found> instance(HeldNames names, String id, String deployment) {
        return names.of(deployment).stream()
                .filter(it -> it.id().equals(id) && isWell(it))
                .map(it -> Optional.ofNullable(direct(it)).or(() -> Optional.ofNullable(atNode(it))))
                .map(address -> new Found(address.map(List::of).orElse(List.of()), List.of()))
                .findFirst();
    }

    private boolean isWell(NamedInstance instance) {
        return !instance.node().equals(node) || local.isWell(instance.id());
    }

    private List<Place> places(HeldNames names, Collection<String> deployments, RandomGenerator chance) {
        List<Place> here = new ArrayList<>();
        List<Place> away = new ArrayList<>();
        for (String deployment : deployments) {
            for (NamedInstance instance : names.of(deployment)) {
                boolean own = instance.node().equals(node);
                if (isWell(instance)) {
                    (own ? here : away).add(new Place(instance, own));
                }
            }
        }
        shuffle(here, chance);
        shuffle(away, chance);
        here.addAll(away);
        return here;
    }

    private static void shuffle(List<Place> places, RandomGenerator chance) {
        for (int i = places.size() - 1; i > 0; i--) {
            Collections.swap(places, i, chance.nextInt(i + 1));
        }
    }

    private List<String> addresses(
            HeldNames names, Collection<String> deployments, String asker, RandomGenerator chance) {
        LocalInstances.Here from = local.at(asker);
        Set<String> addresses = new LinkedHashSet<>();
        for (Place place : places(names, deployments, chance)) {
            String address = address(place, from);
            if (address != null) {
                addresses.add(address);
            }
            if (addresses.size() == MOST) {
                break;
            }
        }
        return List.copyOf(addresses);
    }

    private @Nullable String address(Place place, LocalInstances.@Nullable Here from) {
        NamedInstance instance = place.instance();
        String direct = place.here() ? local.direct(instance.id(), from) : direct(instance);
        return direct != null ? direct : atNode(instance);
    }

    /** Where all of this node, or of others, reach it; null: nowhere. Of one that is here and of which other nodes reach nothing it is the container's own address. */
    private @Nullable String atNode(NamedInstance instance) {
        boolean own = instance.address() == null && instance.node().equals(node);
        return own ? local.address(instance.id()) : instance.address();
    }

    private Found services(
            HeldNames names, Collection<String> deployments, String port, String protocol, RandomGenerator chance) {
        List<Service> found = new ArrayList<>();
        for (Place place : places(names, deployments, chance)) {
            NamedInstance instance = place.instance();
            for (int i = 0; i < instance.ports().size() && found.size() < MOST; i++) {
                PortBinding binding = instance.ports().get(i);
                String direct = direct(instance);
                String address = direct == null ? instance.address() : direct;
                if (address != null && isMeant(binding, port, protocol) && (direct != null || isAt(binding, address))) {
                    found.add(new Service(
                            2 * i + (place.here() ? 0 : 1),
                            direct == null ? binding.hostPort() : binding.containerPort(),
                            instance.id() + "." + instance.deployment() + "." + ROOT,
                            address));
                }
            }
        }
        return new Found(List.of(), found);
    }

    /** The container's own address, where the mesh leads there from here; those of this node are reached as ever. */
    private @Nullable String direct(NamedInstance instance) {
        String own = instance.direct();
        return own != null && !instance.node().equals(node) && routed.test(own) ? own : null;
    }

    /** Ports have no names: any word stands for all of them. */
    private static boolean isMeant(PortBinding binding, String port, String protocol) {
        boolean number = port.chars().allMatch(c -> c >= '0' && c <= '9');
        return protocol.equals(binding.protocol() == Protocol.TCP ? "_tcp" : "_udp")
                && (!number || port.equals(Integer.toString(binding.containerPort())));
    }

    static boolean isAt(PortBinding binding, String address) {
        return IpAddress.same(binding.hostIp(), address)
                || EVERYWHERE.contains(binding.hostIp())
                        && address.contains(":") == binding.hostIp().contains(":");
    }
}
