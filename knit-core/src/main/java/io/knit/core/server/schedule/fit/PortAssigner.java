package io.knit.core.server.schedule.fit;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.core.server.schedule.fleet.HeldPorts;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns wished ports into a node's. */
public final class PortAssigner {
    /** Below Linux' ephemeral range (32768–60999), above what people choose by hand; Nomad's default range too. */
    public static final int FIRST = 20_000;

    public static final int LAST = 31_999;
    private static final String LOOPBACK = "127.0.0.1";

    private PortAssigner() {}

    /** The port on this node, with a host port that is known. */
    public static PortBinding resolve(PortSpec port, Node node, int hostPort) {
        return new PortBinding(
                hostIp(port.hostIp(), node),
                hostPort,
                port.containerPort(),
                port.protocol(),
                port.relay(),
                port.proxyProtocol());
    }

    static boolean isAssignable(PortBinding port) {
        return port.hostPort() >= FIRST && port.hostPort() <= LAST;
    }

    /**
     * All ports of the wish on a node, free ones for those left open, which are nobody else's even where a relay could share them. Where the search begins depends on the instance, so that
     * another try takes another port.
     *
     * @return null if a fixed one is taken, or none is free
     */
    public static @Nullable List<PortBinding> assign(Wish wish, String instance, Node node, HeldPorts held) {
        PortBinding[] inOrder = new PortBinding[wish.ports().size()];
        HeldPorts taken = held;
        // fixed ones first: an open one must not take theirs
        for (boolean fixed : new boolean[] {true, false}) {
            for (int i = 0; i < inOrder.length; i++) {
                PortSpec port = wish.ports().get(i);
                if (port.hostPort() != 0 != fixed) {
                    continue;
                }
                PortBinding binding =
                        fixed ? resolve(port, node, port.hostPort()) : firstFree(port, instance, node, taken);
                if (binding == null || fixed && !taken.isFreeFor(wish.deployment(), binding)) {
                    return null;
                }
                inOrder[i] = binding;
                taken = inOrder.length == 1 ? taken : taken.with(List.of(binding), instance, wish.deployment());
            }
        }
        return List.of(inOrder);
    }

    private static @Nullable PortBinding firstFree(PortSpec port, String instance, Node node, HeldPorts taken) {
        int range = LAST - FIRST + 1;
        int begin = Math.floorMod(instance.hashCode(), range);
        for (int i = 0; i < range; i++) {
            PortBinding binding = resolve(port, node, FIRST + (begin + i) % range);
            if (taken.isFree(binding)) {
                return binding;
            }
        }
        return null;
    }

    private static String hostIp(@Nullable String wished, Node node) {
        if (wished != null && !wished.equals(PortSpec.MESH)) {
            return wished;
        }
        // a public bind must be asked for
        return node.meshIp() != null ? node.meshIp() : LOOPBACK;
    }
}
