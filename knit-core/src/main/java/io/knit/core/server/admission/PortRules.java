package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.rules.IpAddress;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.Range;
import io.knit.core.spec.SpecTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which ports can be published together. One container port on two host ports is fine; one host port for two is not, nor is
 * the same port twice with a host port left to Knit.
 */
final class PortRules {
    private static final int MAX_PORTS = SpecTable.SPEC.field("ports").limits().entries();
    private static final Range HOST_PORT =
            ContainerTables.PORT.field("host_port").range();
    private static final String ANY_V4 = "0.0.0.0";
    private static final String ANY_V6 = "0:0:0:0:0:0:0:0";

    /** Addresses by host port and protocol. */
    private final Map<String, Set<String>> taken = new HashMap<>();

    private final Set<PortSpec> assigned = new HashSet<>();
    private final Refusals refusals;

    private PortRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        List<PortSpec> ports = spec.ports();
        int all = spec.published().size();
        if (all > MAX_PORTS) {
            boolean exposed = ports.size() <= MAX_PORTS;
            refusals.add(
                    exposed ? "/expose" : "/ports",
                    TOO_LARGE,
                    "there are " + all + " ports" + (exposed ? " with those of expose" : "") + "; give " + MAX_PORTS
                            + " at most");
            return;
        }
        PortRules rules = new PortRules(refusals);
        for (int i = 0; i < ports.size(); i++) {
            rules.check("/ports/" + i, ports.get(i));
        }
        for (int i = 0; i < spec.expose().size(); i++) {
            rules.exposed("/expose/" + i, spec.expose().get(i));
        }
    }

    private void check(String pointer, PortSpec port) {
        if (!HOST_PORT.has(port.hostPort())) {
            return;
        }
        String address = address(port.hostIp());
        if (address == null) {
            refusals.add(
                    pointer + "/host_ip",
                    INVALID_VALUE,
                    "host_ip " + Pointers.quoted(Objects.requireNonNullElse(port.hostIp(), ""))
                            + " is not an IP address; give one, or \"mesh\" for the node's mesh address, or leave it out");
            return;
        }
        relayed(pointer, port, address);
        twice(pointer, port, address);
    }

    private void relayed(String pointer, PortSpec port, String address) {
        if (!port.relay()) {
            if (port.proxyProtocol()) {
                refusals.add(
                        pointer + "/proxy_protocol",
                        INVALID_VALUE,
                        "proxy_protocol is said by a relay alone; give relay: true, or leave it out");
            }
            return;
        }
        if (port.protocol() != Protocol.TCP) {
            refusals.add(
                    pointer + "/relay",
                    INVALID_VALUE,
                    "a relay hands on connections, which udp has none of; leave relay out, and the engine publishes the port");
        } else if (address.equals(ANY_V6)) {
            refusals.add(
                    pointer + "/relay",
                    INVALID_VALUE,
                    "a relay on all IPv6 addresses would take all IPv4 addresses, too; give one IPv6 address as host_ip, or 0.0.0.0");
        }
    }

    private void twice(String pointer, PortSpec port, String address) {
        if (port.hostPort() == 0) {
            if (!assigned.add(port)) {
                refusals.add(
                        pointer,
                        DUPLICATE_VALUE,
                        "container port " + port.containerPort()
                                + " is published twice; remove one, or give both a host_port");
            }
            return;
        }
        if (clashes(port, address)) {
            refusals.add(
                    pointer + "/host_port",
                    DUPLICATE_VALUE,
                    "host port " + words(port)
                            + " is given twice for one address; choose another host_port or host_ip");
        }
    }

    /** One that {@code ports} publishes for all the world is no worse for other nodes, so that nothing need be exposed. */
    private void exposed(String pointer, ExposeSpec expose) {
        PortSpec port = expose.published();
        if (HOST_PORT.has(port.hostPort()) && clashes(port, PortSpec.MESH)) {
            refusals.add(
                    pointer,
                    DUPLICATE_VALUE,
                    "expose: host port " + words(port)
                            + " is published on the mesh address already; leave one of both out, or choose another host_port");
        }
    }

    private boolean clashes(PortSpec port, String address) {
        Set<String> addresses = taken.computeIfAbsent(words(port), key -> new HashSet<>());
        boolean clash = addresses.stream().anyMatch(other -> clash(address, other));
        addresses.add(address);
        return clash;
    }

    private static String words(PortSpec port) {
        return port.hostPort() + "/" + port.protocol().name().toLowerCase(Locale.ROOT);
    }

    /**
     * One spelling per address; null if it is none. Left out and "mesh" are the same here: a node that can give a mesh address
     * gives it for both.
     */
    private static @Nullable String address(@Nullable String hostIp) {
        if (hostIp == null || hostIp.equals(PortSpec.MESH)) {
            return PortSpec.MESH;
        }
        return IpAddress.canonical(hostIp);
    }

    /** As on a host: all IPv4 addresses and all IPv6 addresses are two things. Of which kind "mesh" is, a node knows. */
    private static boolean clash(String a, String b) {
        return a.equals(b) || covers(a, b) || covers(b, a);
    }

    private static boolean covers(String any, String address) {
        boolean v6 = address.contains(":");
        boolean mesh = address.equals(PortSpec.MESH);
        return (any.equals(ANY_V4) && (mesh || !v6)) || (any.equals(ANY_V6) && (mesh || v6));
    }
}
