package io.knit.core.server.compose.reach;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** What of a service other nodes reach by its name: ports that its node has on the mesh address, under the container's own numbers. */
public final class Reached {
    private static final Set<String> ON_MESH = Set.of("0.0.0.0", "::", "mesh");

    private Reached() {}

    /** Whether a port of {@code ports} is answered on the mesh address, on a number that is known before. */
    public static boolean isFixedOnMesh(JsonNode port) {
        return port.has("host_port") && ON_MESH.contains(port.path("host_ip").asText());
    }

    /** Whether another node could be led to a service at all; that is another's to say of those for which it could not. */
    public static boolean isLedTo(JsonNode spec) {
        return isOfItsNode(spec) && !isInternal(spec);
    }

    /** Whether where it listens is its node's to open: not, where its program has the host's own addresses, is there everywhere, or ends by itself. */
    public static boolean isOfItsNode(JsonNode spec) {
        String mode = spec.path("mode").asText();
        boolean everywhere = mode.equals("global") && spec.path("constraints").isEmpty();
        return spec.path("network").asText("bridge").equals("bridge") && !mode.equals("job") && !everywhere;
    }

    private static boolean isInternal(JsonNode spec) {
        JsonNode networks = spec.path("networks");
        return !networks.isEmpty()
                && StreamSupport.stream(networks.spliterator(), false)
                        .allMatch(network -> network.path("internal").asBoolean());
    }

    /** Whether nothing that is looked for is reached: one of the ports, or, where none is said, any. */
    public static boolean lacks(JsonNode spec, SortedSet<Integer> ports) {
        SortedSet<Integer> reached = of(spec);
        return ports.isEmpty() ? reached.isEmpty() : !reached.containsAll(ports);
    }

    /** The ports of those looked for that no other node reaches. */
    public static SortedSet<Integer> missing(JsonNode spec, SortedSet<Integer> ports) {
        SortedSet<Integer> missing = new TreeSet<>(ports);
        missing.removeAll(of(spec));
        return missing;
    }

    private static SortedSet<Integer> of(JsonNode spec) {
        SortedSet<Integer> reached = new TreeSet<>();
        spec.path("expose")
                .forEach(port -> reached.add(port.path("container_port").asInt()));
        for (JsonNode port : spec.path("ports")) {
            if (isFixedOnMesh(port)
                    && port.path("host_port").asInt()
                            == port.path("container_port").asInt()) {
                reached.add(port.path("container_port").asInt());
            }
        }
        return reached;
    }

    /** What there is instead, as what follows "db is named by web". */
    public static String words(JsonNode spec, SortedSet<Integer> missing) {
        List<String> words = new ArrayList<>();
        for (JsonNode port : spec.path("ports")) {
            int inside = port.path("container_port").asInt();
            boolean meant = missing.isEmpty() || missing.contains(inside);
            if (meant && !port.has("host_port")) {
                words.add(inside + " is published on a port that its node chooses");
            } else if (meant && !isFixedOnMesh(port)) {
                words.add(inside + " is published on " + port.path("host_ip").asText() + " alone");
            } else if (meant && port.path("host_port").asInt() != inside) {
                words.add(inside + " is published as " + port.path("host_port").asInt());
            }
        }
        if (!words.isEmpty()) {
            return ", and " + String.join(", ", words);
        }
        return spec.has("ports") || spec.has("expose")
                ? ", and that is none of its ports and expose"
                : " and has neither ports nor expose";
    }
}
