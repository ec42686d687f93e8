package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * How a container is called, and whom it asks for others' addresses. Of JSON's fields they are the spec's own, as in Compose's files.
 *
 * @param hostname what the container calls itself; empty: the engine's choice
 * @param dns addresses of servers that it asks for names; empty: the engine's choice
 * @param extraHosts {@code name:address} in its {@code /etc/hosts}; the address {@code host-gateway} is its host
 */
public record NetworkSpec(String hostname, List<String> dns, List<String> extraHosts) {
    /** What a spec has that says nothing of it. */
    public static final NetworkSpec DEFAULT = new NetworkSpec("", List.of(), List.of());

    public NetworkSpec {
        Objects.requireNonNull(hostname, "hostname");
        dns = List.copyOf(dns);
        extraHosts = List.copyOf(extraHosts);
    }
}
