package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * Which network a container is on, how it is called, and whom it asks for others' addresses. Of JSON's fields they are the spec's own, as in Compose's files.
 *
 * @param network {@link #BRIDGE}, {@link #HOST} or {@link #NONE}; empty: as the engine has it, or the named ones
 * @param hostname what the container calls itself; empty: the engine's choice
 * @param dns addresses of servers that it asks for names; empty: the engine's choice
 * @param extraHosts {@code name:address} in its {@code /etc/hosts}; the address {@code host-gateway} is its host
 * @param networks those that it is on instead of the engine's own; Knit's names lead to the first. Empty: none
 */
public record NetworkSpec(
        String network, String hostname, List<String> dns, List<String> extraHosts, List<NamedNetwork> networks) {
    /** The engine's own network of its host. */
    public static final String BRIDGE = "bridge";

    /** The host's network: the container has its addresses and ports. */
    public static final String HOST = "host";

    /** Loopback alone. */
    public static final String NONE = "none";

    /** What a spec has that says nothing of it. */
    public static final NetworkSpec DEFAULT = new NetworkSpec("", "", List.of(), List.of());

    public NetworkSpec {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(hostname, "hostname");
        dns = List.copyOf(dns);
        extraHosts = List.copyOf(extraHosts);
        networks = List.copyOf(networks);
    }

    /** Without named networks. */
    public NetworkSpec(String network, String hostname, List<String> dns, List<String> extraHosts) {
        this(network, hostname, dns, extraHosts, List.of());
    }
}
