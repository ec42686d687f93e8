package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.take.TakenOrder;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the ports that services expose other nodes can reach. To Compose {@code expose} is a note; here it is a port of the node, which has each number
 * once: what would keep services of one file from running beside each other is left as the note that it was.
 */
final class Exposing {
    private static final String EXPOSE = "expose";
    private static final Set<String> ON_MESH = Set.of("0.0.0.0", "::", "mesh");

    /** By port and protocol, the service that has it on a node's mesh address. */
    private final Map<String, String> holders = new HashMap<>();

    private final ComposeFindings findings;

    private Exposing(ComposeFindings findings) {
        this.findings = findings;
    }

    /** The services with what of it can be had. */
    static List<ComposeService> of(List<ComposeService> services, ComposeFindings findings) {
        Exposing exposing = new Exposing(findings);
        services.forEach(exposing::published);
        List<ComposeService> all = new ArrayList<>();
        services.forEach(service -> all.add(service.spec().has(EXPOSE) ? exposing.exposed(service) : service));
        return all;
    }

    private void published(ComposeService service) {
        for (JsonNode port : service.spec().path("ports")) {
            if (port.has("host_port") && ON_MESH.contains(port.path("host_ip").asText())) {
                holders.putIfAbsent(key(port, "host_port"), service.service());
            }
        }
    }

    private static String key(JsonNode port, String number) {
        return port.path(number).asText() + "/" + port.path("protocol").asText("tcp");
    }

    private ComposeService exposed(ComposeService service) {
        ObjectNode spec = service.spec();
        Map<String, Spot> places = new LinkedHashMap<>(service.places());
        places.keySet().removeIf(pointer -> pointer.startsWith("/" + EXPOSE + "/"));
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        JsonNode all = spec.remove(EXPOSE);
        for (int i = 0; i < all.size(); i++) {
            Spot at = service.at("/" + EXPOSE + "/" + i);
            String key = key(all.get(i), "container_port");
            String holder = holders.putIfAbsent(key, service.service());
            if (holder == null) {
                places.put("/" + EXPOSE + "/" + kept.size(), at);
                kept.add(all.get(i));
            } else {
                left(at, key, service.service(), holder);
            }
        }
        if (!kept.isEmpty()) {
            spec.set(EXPOSE, kept);
            several(service, places.getOrDefault("/" + EXPOSE + "/0", service.spot()));
        }
        return new ComposeService(service.service(), service.deployment(), spec, places, service.spot());
    }

    private void left(Spot at, String key, String service, String holder) {
        if (holder.equals(service)) {
            findings.remark(at, "expose: " + key + " is a port of its node already", "leave it out");
        } else {
            findings.remark(
                    at,
                    "expose: " + key + " is " + holder + "'s already, and a node has each port once: " + service
                            + " is found by name, but reached from its own node alone",
                    "have it listen on another port, where other nodes are to reach it");
        }
    }

    private void several(ComposeService service, Spot at) {
        int replicas = service.spec().path("replicas").asInt(1);
        if (replicas > 1) {
            findings.remark(
                    at,
                    "expose: a node has each port once, so that " + service.service() + "'s " + replicas
                            + " instances need as many nodes",
                    "leave it out, where they may share nodes and only those of their own node connect to them");
        }
    }

    /** Says of whom others name and cannot reach from another node. */
    static void remarkUnreachable(
            Map<String, Part> wanted, List<ComposeService> services, Part all, ComposeFindings findings) {
        Map<String, String> named = named(wanted);
        for (ComposeService service : services) {
            String by = named.get(service.service());
            Part written = wanted.get(service.service());
            // of what was written and left out it is said already
            boolean isNoted = written != null && written.at(EXPOSE) != null;
            if (by != null && !isNoted && isUnreachable(service.spec())) {
                findings.remark(
                        all.spotOf(service.service()),
                        service.service() + " is named by " + by
                                + " and has neither ports nor expose: it is reached by name from its own node alone",
                        "write expose: [PORT] with what it listens on");
            }
        }
    }

    /** Services that others name, not only to wait for their end, by the first of those. */
    private static Map<String, String> named(Map<String, Part> wanted) {
        Map<String, String> named = new LinkedHashMap<>();
        wanted.forEach((name, service) -> {
            TakenOrder.waits(service).forEach((other, untilItsEnd) -> {
                if (!untilItsEnd) {
                    named.putIfAbsent(other, name);
                }
            });
            Part links = service.at("links");
            if (links != null) {
                links.items().forEach(each -> named.putIfAbsent(each.text().split(":", 2)[0], name));
            }
        });
        return named;
    }

    private static boolean isUnreachable(ObjectNode spec) {
        boolean bridged = spec.path("network").asText("bridge").equals("bridge");
        boolean isJob = spec.path("mode").asText().equals("job");
        return bridged && !isJob && !isInternal(spec) && !spec.has("ports") && !spec.has(EXPOSE);
    }

    /** Nobody is led to it from another node, whatever it exposes. */
    private static boolean isInternal(ObjectNode spec) {
        JsonNode networks = spec.path("networks");
        for (JsonNode network : networks) {
            if (!network.path("internal").asBoolean()) {
                return false;
            }
        }
        return !networks.isEmpty();
    }
}
