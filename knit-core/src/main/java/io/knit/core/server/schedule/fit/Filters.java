package io.knit.core.server.schedule.fit;

import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.core.rules.node.Match;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.fleet.HeldPorts;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether a node fits a wish: asked once for each node and group. Says the cause; the words are made for the few nodes that are named. */
public final class Filters {
    private Filters() {}

    /** What is against the node, or null: nothing. */
    public static @Nullable Misfit refuse(Wish wish, Node node, Left left, Fleet fleet) {
        if (!node.takesWork()) {
            return Misfit.TAKES_NO_WORK;
        }
        if (fleet.isClearedForAnother(wish, node.id())) {
            return Misfit.CLEARED;
        }
        // an agent that does not know a field would leave it out in silence
        if (!node.features().containsAll(wish.features())) {
            return Misfit.LACKS_FEATURE;
        }
        if (!wish.isAllowedBy(node)) {
            return Misfit.NOT_ALLOWED;
        }
        if (!wish.isMetBy(node)) {
            return Misfit.LABEL;
        }
        for (PortSpec port : wish.ports()) {
            if (lacksAddress(port, node, fleet)) {
                return Misfit.MESH_ADDRESS;
            }
        }
        if (!left.mayHaveOneMore(wish)) {
            return Misfit.MAX_PER_NODE;
        }
        if (!left.hasRoom(wish)) {
            return node.capacity().isKnown() ? Misfit.NO_ROOM : Misfit.NO_CAPACITY;
        }
        for (PortSpec port : wish.ports()) {
            if (isTaken(port, wish, node, left.ports()) || isTwice(port, wish, node)) {
                return Misfit.HOST_PORT;
            }
        }
        return mayNotYet(wish, node.id()) ? Misfit.REJECTED_BEFORE : null;
    }

    /**
     * Whether nothing but a port can be against a node that {@link Fleet#admitting} named. What is asked is found once for the wish: a look
     * at a node is then a look at its account alone where the index and the account say all, and thousands are looked at.
     */
    public static Predicate<Account> mayCome(Wish wish, Fleet fleet) {
        List<Match> matches = wish.matches().stream()
                .filter(match -> !match.isOfLabelValues())
                .toList();
        List<PortSpec> bound =
                wish.ports().stream().filter(port -> port.hostIp() != null).toList();
        boolean asksNode =
                !matches.isEmpty() || !bound.isEmpty() || !wish.hostAccess().isEmpty();
        boolean reserves = !wish.reserved().isNone();
        return account -> (!reserves || account.free().covers(wish.reserved()))
                && (wish.maxPerNode() == 0 || fleet.thereOf(wish.deployment(), account) < wish.maxPerNode())
                && !mayNotYet(wish, account.id())
                && (!asksNode || mayCome(wish, matches, bound, Objects.requireNonNull(account.node()), fleet));
    }

    private static boolean mayCome(Wish wish, List<Match> matches, List<PortSpec> bound, Node node, Fleet fleet) {
        if (!wish.isAllowedBy(node)) {
            return false;
        }
        for (Match match : matches) {
            if (!match.meets(node)) {
                return false;
            }
        }
        for (PortSpec port : bound) {
            if (lacksAddress(port, node, fleet)) {
                return false;
            }
        }
        return true;
    }

    private static boolean mayNotYet(Wish wish, String node) {
        return wish.waits() && (wish.isDrawn() || wish.avoid().contains(node));
    }

    private static boolean lacksAddress(PortSpec port, Node node, Fleet fleet) {
        String ip = port.hostIp();
        if (ip == null) {
            return false;
        }
        if (ip.equals(PortSpec.MESH)) {
            return node.meshIp() == null;
        }
        Optional<String> owner = fleet.ownerOf(ip);
        return owner.isPresent() && !owner.get().equals(node.id());
    }

    private static boolean isTaken(PortSpec port, Wish wish, Node node, HeldPorts ports) {
        return port.hostPort() != 0
                && !ports.isFreeFor(wish.deployment(), PortAssigner.resolve(port, node, port.hostPort()));
    }

    /** Whether another of its own fixed ports is the same there, as one that no address was said of is on loopback where there is no mesh address. */
    private static boolean isTwice(PortSpec port, Wish wish, Node node) {
        if (port.hostPort() == 0 || wish.ports().size() == 1) {
            return false;
        }
        PortBinding wanted = PortAssigner.resolve(port, node, port.hostPort());
        return wish.ports().stream()
                .filter(other -> other != port && other.hostPort() == port.hostPort())
                .map(other -> PortAssigner.resolve(other, node, other.hostPort()))
                .anyMatch(other -> other.clashesWith(wanted) && !other.isSharedWith(wanted));
    }

    /**
     * The cause as the end of "n1 …": {@code lacks the label region=eu}. Nothing in it changes while the cause stays: no instance, no state of
     * one, no time.
     */
    static String words(Misfit cause, Wish wish, Node node, Left left, Fleet fleet) {
        String words = plainWords(cause, wish, node, left, fleet);
        Pins.Pin pin = wish.pin();
        boolean down = node.state() == NodeState.DOWN;
        return pin == null
                ? words
                : "has "
                        + (pin.of().isEmpty()
                                ? "its volume \"" + pin.volume() + "\""
                                : "the volume \"" + pin.volume() + "\" of " + pin.of())
                        + ", and " + words
                        + (down ? " since " + node.judgement().since() : "");
    }

    private static String plainWords(Misfit cause, Wish wish, Node node, Left left, Fleet fleet) {
        return switch (cause) {
            case TAKES_NO_WORK -> takesNoWork(node);
            case CLEARED -> "is being cleared for " + fleet.clearedFor(wish, node.id()) + ", which goes first";
            case LACKS_FEATURE -> lacksFeatures(wish, node);
            case NOT_ALLOWED -> notAllowed(wish, node);
            case LABEL -> label(wish, node);
            case MESH_ADDRESS -> address(wish, node, fleet);
            case HOST_PORT -> hostPort(wish, node, left.ports());
            case MAX_PER_NODE -> "has " + left.own() + " of it already, and max_per_node is " + wish.maxPerNode();
            case NO_CAPACITY -> "has not told what it has, so that nothing can be reserved on it";
            case NO_ROOM -> RoomWords.lacks(node, left.free(), wish.reserved());
            case REJECTED_BEFORE ->
                wish.avoid().contains(node.id())
                        ? "could not take it before and is asked again later"
                        : "is not asked yet, for " + wish.avoid().size() + " others could not take it";
            case NO_FREE_PORT -> "has no free host port from " + PortAssigner.FIRST + " to " + PortAssigner.LAST;
        };
    }

    private static String takesNoWork(Node node) {
        String why = node.condition().isEmpty() ? node.reason() : node.condition();
        if (node.state() == NodeState.READY
                && node.condition().isEmpty()
                && !node.judgement().isHeld()) {
            String by = node.wish().by();
            why = node.wish().availability().wireName() + (by.isEmpty() ? "" : " by " + by);
        }
        return "takes no work now (" + node.state().wireName() + (why.isEmpty() ? "" : ", " + why) + ")";
    }

    private static String lacksFeatures(Wish wish, Node node) {
        List<String> lacking = wish.features().stream()
                .filter(feature -> !node.features().contains(feature))
                .toList();
        return "has an agent " + node.agentVersion() + " that knows no " + String.join(", ", lacking) + "; upgrade it";
    }

    private static String notAllowed(Wish wish, Node node) {
        List<String> lacking =
                HostAccess.lacking(wish.hostAccess(), node.facts().allows());
        return "doesn't allow " + String.join(", ", lacking) + " (--allow " + String.join(",", lacking)
                + " on its agent)";
    }

    private static String label(Wish wish, Node node) {
        for (Match match : wish.matches()) {
            if (!match.meets(node)) {
                return match.against(node);
            }
        }
        throw new IllegalArgumentException(node.id() + " meets all of " + wish.matches());
    }

    private static String address(Wish wish, Node node, Fleet fleet) {
        for (PortSpec port : wish.ports()) {
            if (lacksAddress(port, node, fleet)) {
                String ip = String.valueOf(port.hostIp());
                return ip.equals(PortSpec.MESH)
                        ? "has no mesh address for host_ip \"mesh\""
                        : "does not have the address " + ip + ", which is "
                                + fleet.ownerOf(ip).orElse("") + "'s";
            }
        }
        throw new IllegalArgumentException(node.id() + " has all addresses of " + wish.ports());
    }

    private static String hostPort(Wish wish, Node node, HeldPorts ports) {
        for (PortSpec port : wish.ports()) {
            if (isTaken(port, wish, node, ports)) {
                PortBinding wanted = PortAssigner.resolve(port, node, port.hostPort());
                return "has host port " + wanted.hostIp() + ":" + wanted.hostPort() + " taken by "
                        + ports.deploymentHolding(wanted, wish.deployment()).orElse("");
            }
            if (isTwice(port, wish, node)) {
                PortBinding wanted = PortAssigner.resolve(port, node, port.hostPort());
                return "would have host port " + wanted.hostIp() + ":" + wanted.hostPort()
                        + " twice for it, as "
                        + (node.meshIp() == null ? "it has no mesh address" : "that is its mesh address");
            }
        }
        throw new IllegalArgumentException(node.id() + " has all host ports of " + wish.ports());
    }
}
