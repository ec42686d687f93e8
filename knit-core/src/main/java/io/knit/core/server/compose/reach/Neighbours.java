package io.knit.core.server.compose.reach;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.take.TakenOrder;
import io.knit.core.server.compose.text.Part;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who looks for whom in one file: by {@code depends_on}, unless it waits for an end, by {@code links}, and by what stands in environments, commands,
 * labels, checks and files. Those that share a network are one.
 */
public final class Neighbours {
    private final Map<String, ? extends JsonNode> specs;
    private final Map<String, String> sharers;
    /** By the names under which they are found, services. */
    private final Map<String, String> called = new LinkedHashMap<>();
    /** By who looks, for whom and at which ports. */
    private final Map<String, Map<String, SortedSet<Integer>>> found = new LinkedHashMap<>();

    private Neighbours(Map<String, ? extends JsonNode> specs, Map<String, String> sharers) {
        this.specs = specs;
        this.sharers = sharers;
    }

    /**
     * All of them, in the order of those that look.
     *
     * @param specs by service, of those that have an instance of their own
     * @param services as they stand in the file
     * @param sharers by service, whose network it has, of those that have another's
     */
    public static List<Neighbour> of(
            Map<String, ? extends JsonNode> specs, Map<String, Part> services, Map<String, String> sharers) {
        Neighbours neighbours = new Neighbours(specs, sharers);
        specs.forEach(neighbours::calls);
        services.forEach(neighbours::written);
        specs.forEach((by, spec) ->
                new NamedHosts((name, port) -> neighbours.add(by, neighbours.called.get(name), port)).in(spec));
        return neighbours.found.entrySet().stream()
                .flatMap(by -> by.getValue().entrySet().stream()
                        .map(of -> new Neighbour(by.getKey(), of.getKey(), of.getValue())))
                .toList();
    }

    private void calls(String service, JsonNode spec) {
        called.put(service.toLowerCase(Locale.ROOT), service);
        spec.path("networks")
                .forEach(network ->
                        network.path("aliases").forEach(alias -> called.putIfAbsent(alias.asText(), service)));
    }

    private void written(String name, Part service) {
        String by = sharers.getOrDefault(name, name);
        TakenOrder.waits(service).forEach((other, untilItsEnd) -> {
            if (!untilItsEnd) {
                add(by, sharers.getOrDefault(other, other), NamedHosts.NONE);
            }
        });
        Part links = service.at("links");
        if (links != null) {
            links.items().forEach(each -> {
                String other = each.text().split(":", 2)[0];
                add(by, sharers.getOrDefault(other, other), NamedHosts.NONE);
            });
        }
    }

    private void add(String by, @Nullable String of, int port) {
        JsonNode one = specs.get(by);
        JsonNode other = of == null ? null : specs.get(of);
        if (one == null || other == null || by.equals(of) || areApart(one, other)) {
            return;
        }
        SortedSet<Integer> ports =
                found.computeIfAbsent(by, each -> new LinkedHashMap<>()).computeIfAbsent(of, each -> new TreeSet<>());
        if (port != NamedHosts.NONE) {
            ports.add(port);
        }
    }

    /** Whether each has its networks, and none is both's. */
    private static boolean areApart(JsonNode one, JsonNode other) {
        Set<String> own = networks(one);
        Set<String> others = networks(other);
        return !own.isEmpty() && !others.isEmpty() && own.stream().noneMatch(others::contains);
    }

    private static Set<String> networks(JsonNode spec) {
        Set<String> names = new HashSet<>();
        spec.path("networks").forEach(network -> names.add(network.path("name").asText()));
        return names;
    }
}
