package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.reach.Apart;
import io.knit.core.server.compose.reach.NearEachOther;
import io.knit.core.server.compose.reach.Neighbour;
import io.knit.core.server.compose.reach.Reached;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * Which of the ports that services expose other nodes can reach. To Compose {@code expose} is a note; here it is a port of the node, which has each number
 * once: what would keep services of one file from running beside each other is left as the note that it was.
 */
final class Exposing {
    private static final String EXPOSE = "expose";

    /** By port and protocol, the service that has it on a node's mesh address. */
    private final Map<String, String> holders = new HashMap<>();

    private final ComposeFindings findings;

    private Exposing(ComposeFindings findings) {
        this.findings = findings;
    }

    /**
     * The services with what of it can be had, and with what is needed besides.
     *
     * @param neighbours who of them looks for whom
     * @param wanted as they stand in the file
     */
    static List<ComposeService> of(
            List<ComposeService> services,
            List<Neighbour> neighbours,
            Map<String, Part> wanted,
            ComposeFindings findings) {
        Exposing exposing = new Exposing(findings);
        services.forEach(exposing::published);
        Map<String, ComposeService> all = new LinkedHashMap<>();
        services.forEach(service ->
                all.put(service.service(), service.spec().has(EXPOSE) ? exposing.exposed(service) : service));
        // of what was written and left out it is said already
        Set<String> noted = all.keySet().stream()
                .filter(name -> wanted.containsKey(name) && wanted.get(name).at(EXPOSE) != null)
                .collect(Collectors.toSet());
        exposing.onNeed(neighbours, all, noted);
        return List.copyOf(all.values());
    }

    private void published(ComposeService service) {
        for (JsonNode port : service.spec().path("ports")) {
            if (Reached.isFixedOnMesh(port)) {
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

    /**
     * Keeps beside each other, where there is room, who looks for whom and does not reach it from elsewhere. Where that can't be, and the file names the
     * port, the node of who is looked for opens it. Says so.
     */
    private void onNeed(List<Neighbour> neighbours, Map<String, ComposeService> services, Set<String> noted) {
        Set<String> said = new HashSet<>(noted);
        for (Neighbour each : neighbours) {
            ComposeService by = Objects.requireNonNull(services.get(each.by()));
            ComposeService of = Objects.requireNonNull(services.get(each.of()));
            if (!Reached.isOfItsNode(of.spec()) || !isLacking(each, of)) {
                continue;
            }
            if (Reached.isLedTo(of.spec()) && !noted.contains(each.of())) {
                Reached.missing(of.spec(), each.ports()).forEach(port -> open(port, each, by.spec(), of));
            }
            if (isLacking(each, of)) {
                boolean together = NearEachOther.keep(by.spec(), of.spec());
                if (Reached.isLedTo(of.spec()) && said.add(each.of())) {
                    unreachable(each, of, together);
                }
            }
        }
    }

    private static boolean isLacking(Neighbour neighbour, ComposeService of) {
        return !Reached.isLedTo(of.spec()) || Reached.lacks(of.spec(), neighbour.ports());
    }

    private void open(int port, Neighbour neighbour, ObjectNode by, ComposeService of) {
        String why = Apart.why(by, of.spec());
        if (why.isEmpty() || holders.putIfAbsent(port + "/tcp", of.service()) != null) {
            return;
        }
        of.spec()
                .withArray("/" + EXPOSE)
                .add(JsonNodeFactory.instance.objectNode().put("container_port", port));
        findings.remark(
                of.spot(),
                of.service() + " is named by " + neighbour.by() + " at " + port + ", and " + neighbour.by() + " " + why
                        + ": it has expose: [" + port + "], so that its node answers there on the mesh",
                "write expose: [] where it must not");
    }

    private void unreachable(Neighbour neighbour, ComposeService of, boolean together) {
        SortedSet<Integer> missing = Reached.missing(of.spec(), neighbour.ports());
        String ports = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
        findings.remark(
                of.spot(),
                of.service() + " is named by " + neighbour.by() + (ports.isEmpty() ? "" : " at " + ports)
                        + Reached.words(of.spec(), missing) + ": it is reached "
                        + (ports.isEmpty() ? "by name" : "there") + " from its own node alone"
                        + (together ? ", where both are if there is room" : ""),
                "write expose: [" + (ports.isEmpty() ? "PORT] with what it listens on" : ports + "]"));
    }
}
