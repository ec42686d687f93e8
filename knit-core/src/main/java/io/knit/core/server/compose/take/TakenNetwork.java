package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The network, and the names that are known in it. */
final class TakenNetwork {
    private static final String DEFAULT = "default";
    private static final String OTHERS = "service:";
    private static final String CONTAINER_NAME = "container_name";
    private static final Set<String> ENGINES = Set.of("host", "none");
    private static final Set<String> KNOWN = Set.of("bridge", "host", "none");

    private final ServiceReading in;
    private final String name;
    /** Whether it is on a network on which others find it by name. */
    private boolean named;

    /** @param name the service's */
    TakenNetwork(ServiceReading in, String name) {
        this.in = in;
        this.name = name;
    }

    void take() {
        in.given("network_mode").flatMap(part -> in.text(part, "network_mode")).ifPresent(this::mode);
        Map<String, Spot> networks = in.given("networks").map(this::named).orElse(Map.of());
        networks.forEach(this::network);
        if (networks.isEmpty() && in.given("network_mode").isEmpty() && !isAlone()) {
            // one that is set at the top is that of all who name none
            network(DEFAULT, in.service.spot());
        }
        in.given("links").ifPresent(part -> in.values(part, "links").forEach(this::link));
        in.given("extra_hosts").ifPresent(this::hosts);
        in.texts(in.service, "dns", "dns");
        in.given("dns")
                .filter(part -> named)
                .ifPresent(
                        part -> in.remark(
                                part.spot(),
                                "dns: it asks whom it names, and no agent: services on other nodes are not found by name",
                                "leave it out, where it is to find them; the host's own servers are asked for all other names"));
        in.given(CONTAINER_NAME)
                .ifPresent(part -> in.remark(
                        in.service.spotOf(CONTAINER_NAME),
                        CONTAINER_NAME + ": a container is named by its instance"
                                + (named
                                        ? "; the name is an alias on its networks"
                                        : isOfAnother(in)
                                                ? "; who has another's network is found by that one's names alone"
                                                : ""),
                        ""));
    }

    /** Whether it has the network of another service. */
    static boolean isOfAnother(ServiceReading in) {
        return !ofWhom(in).isEmpty();
    }

    /** The same of a service beside the one that is read. */
    static boolean isOfAnother(Part service) {
        Part mode = service.at("network_mode");
        return mode != null && mode.text().startsWith(OTHERS);
    }

    /** The service whose network it has; empty: it has none of another's. */
    static String ofWhom(ServiceReading in) {
        return in.given("network_mode")
                .map(Part::text)
                .filter(mode -> mode.startsWith(OTHERS))
                .map(mode -> mode.substring(OTHERS.length()))
                .orElse("");
    }

    /** Whether nothing but its own networks is reached from a service, and nothing reaches it from elsewhere. */
    static boolean isInternal(JsonNode spec) {
        JsonNode networks = spec.path("networks");
        for (JsonNode network : networks) {
            if (!network.path("internal").asBoolean()) {
                return false;
            }
        }
        return !networks.isEmpty();
    }

    private void mode(String mode) {
        Spot at = in.service.spotOf("network_mode");
        if (KNOWN.contains(mode)) {
            in.draft.set("network", at, mode);
        } else if (mode.startsWith("container:")) {
            in.refuse(
                    at,
                    "network_mode: " + mode + ": no service has the network of a container beside the project",
                    "add that one as a service, and write network_mode: service:NAME");
        } else if (!mode.equals(DEFAULT) && !mode.startsWith(OTHERS)) {
            in.refuse(at, "network_mode: " + mode + " is not known", "give bridge, host or none");
        }
    }

    private Map<String, Spot> named(Part part) {
        Map<String, Spot> named = new LinkedHashMap<>();
        if (part.is(Kind.MAP)) {
            named.putAll(part.keys());
        } else {
            in.values(part, "networks").forEach(each -> named.put(each.text(), each.spot()));
        }
        return named;
    }

    private void network(String key, Spot at) {
        Part all = in.around.file().at("networks");
        Part network = all == null ? null : all.at(key);
        boolean named = all != null && all.members().containsKey(key);
        if (!named && !key.equals(DEFAULT)) {
            in.refuse(at, "there is no network " + key + " at the top of the file", "add it under networks:");
        } else if (network == null || !network.is(Kind.MAP)) {
            joined(key, ofProject(key), false, at);
        } else {
            described(key, network, at);
        }
    }

    private void described(String key, Part network, Spot at) {
        Optional<String> given = in.nameOf(network);
        String real = given.orElse(key);
        boolean external = in.isExternal(network);
        String driver = ServiceReading.given(network, "driver").map(Part::text).orElse("bridge");
        boolean internal = ServiceReading.given(network, "internal")
                .flatMap(each -> in.flag(each, "internal"))
                .orElse(false);
        if (external && ENGINES.contains(real)) {
            in.draft.set("network", at, real);
        } else if (ENGINES.contains(driver)) {
            in.draft.set("network", at, driver);
        } else if (!Set.of("bridge", "overlay").contains(driver)) {
            in.refuse(
                    network.spotOf("driver"),
                    "networks with the driver " + driver + " are not made",
                    "use the default, or network_mode: host for the addresses of the host");
        } else {
            if (driver.equals("overlay")) {
                in.remark(
                        network.spotOf("driver"),
                        "driver: overlay: each node has a network of its own, and what runs on another is found by name",
                        "leave it out");
            }
            if (internal) {
                in.remark(
                        network.spotOf("internal"),
                        "internal: who is on the network " + key
                                + " alone reaches, and is reached by, who is on it on the same node, and nobody else",
                        "keep those together that need each other, by placement constraints");
            }
            if (external && opensNothing()) {
                in.remark(
                        network.spotOf("external"),
                        "external: who of another stack is on the network " + real + " finds " + name
                                + " by its plain name on any node, and reaches on another what is exposed or published there",
                        "write expose: for what others connect to");
            }
            joined(key, external || given.isPresent() ? real : ofProject(key), internal, at);
        }
    }

    /** Whether the file says of no port that others may connect to it. */
    private boolean opensNothing() {
        return in.given("ports").isEmpty() && in.given("expose").isEmpty();
    }

    private String ofProject(String network) {
        return (in.around.project() + "_" + network).toLowerCase(Locale.ROOT);
    }

    /** Whether it has nobody to find on the network of all who name none, of which nothing is said: it may be one that stacks share. */
    private boolean isAlone() {
        Part all = in.around.file().at("networks");
        Part set = all == null ? null : all.at(DEFAULT);
        return in.around.deployments().size() == 1 && (set == null || !set.is(Kind.MAP));
    }

    private void joined(String network, String real, boolean internal, Spot at) {
        named = true;
        ObjectNode on = JsonNodeFactory.instance.objectNode().put("name", real);
        if (internal) {
            on.put("internal", true);
        }
        ArrayNode aliases = on.putArray("aliases").add(name.toLowerCase(Locale.ROOT));
        in.given(CONTAINER_NAME).flatMap(part -> in.text(part, CONTAINER_NAME)).ifPresent(other -> add(aliases, other));
        in.given("networks")
                .flatMap(part -> Optional.ofNullable(part.at(network)))
                .flatMap(part -> ServiceReading.given(part, "aliases"))
                .ifPresent(part -> in.values(part, "aliases").forEach(each -> add(aliases, each.text())));
        in.draft.add("networks", at, on);
    }

    private static void add(ArrayNode aliases, String alias) {
        String lower = alias.toLowerCase(Locale.ROOT);
        for (JsonNode each : aliases) {
            if (each.asText().equals(lower)) {
                return;
            }
        }
        aliases.add(lower);
    }

    private void link(Part part) {
        int colon = part.text().indexOf(':');
        String service = colon < 0 ? part.text() : part.text().substring(0, colon);
        if (colon >= 0 && !part.text().substring(colon + 1).equals(service)) {
            in.refuse(
                    part.spot(),
                    "links: " + part.text() + ": a service has no other names",
                    "use its own name, " + service);
        } else {
            in.remark(part.spot(), "links: services need none to find each other", "leave it out");
        }
    }

    private void hosts(Part part) {
        if (part.is(Kind.MAP)) {
            part.members()
                    .forEach((name, address) -> in.values(address, "extra_hosts." + name)
                            .forEach(each -> host(each.spot(), name, each.text())));
            return;
        }
        for (Part each : in.values(part, "extra_hosts")) {
            // either of the two may part them: an IPv6 address has colons of its own
            int equals = each.text().indexOf('=');
            int parts = equals >= 0 ? equals : each.text().indexOf(':');
            Optional<String> address =
                    parts < 0 ? Optional.empty() : Optional.of(each.text().substring(parts + 1));
            if (address.isEmpty()) {
                in.refuse(each.spot(), "extra_hosts: " + each.text() + " has no address", "write NAME:ADDRESS");
            } else {
                host(each.spot(), each.text().substring(0, parts), address.get());
            }
        }
    }

    private void host(Spot at, String name, String address) {
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        in.draft.add(
                "extra_hosts", at, name + ":" + (bracketed ? address.substring(1, address.length() - 1) : address));
    }
}
