package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Makes services that have another's network ({@code network_mode: service:vpn}) sidecars of that one. */
final class Sharing {
    private static final String PREFIX = "service:";
    private static final String SIDECARS = "sidecars";
    private static final String DEPENDS_ON = "depends_on";
    private static final String VOLUMES = "volumes";

    /** A sidecar has its own. */
    private static final Set<String> OWN =
            Set.of("image", "entrypoint", "command", "args", "env", "user", "workdir", "platform");

    /** All containers of an instance have them in common, told apart by where they are. */
    private static final Map<String, String> COMMON =
            Map.of("templates", "destination", "secrets", "target", "tmpfs", "");

    /** It goes without them, and does its work. */
    private static final Map<String, String> WITHOUT = Map.of(
            "restart", "it is started again whenever it ends, as long as the other one runs",
            "health", "only what it shares with is checked",
            "labels", "containers are labelled by what it shares with",
            "stop", "it is stopped as what it shares with is",
            "resources", "it may take what the other one may, too",
            "log", "what it writes is kept as the other one's is",
            "init", "it is as the other one is",
            "stdin", "nobody types into it: its input is closed",
            "pull", "images are pulled as the other one's is",
            "update", "it goes out with the other one");

    /** They are each container's own, and a sidecar has none, whatever the other one has. */
    private static final Set<String> APART = Set.of(
            "privileged",
            "cap_add",
            "cap_drop",
            "security_opt",
            "devices",
            "tty",
            "group_add",
            "ulimits",
            "pid",
            "ipc");

    /** What holds of a service that says nothing of it. */
    private static final Map<String, String> UNSAID = Map.of(
            "privileged",
            "false",
            "tty",
            "false",
            "stdin",
            "false",
            "read_only",
            "false",
            "no_new_privileges",
            "true",
            "replicas",
            "1");

    private static final Set<String> NAMES = Set.of("name", "stack", DEPENDS_ON);

    private final Map<String, String> sharers;
    private final ComposeFindings findings;

    private Sharing(Map<String, String> sharers, ComposeFindings findings) {
        this.sharers = sharers;
        this.findings = findings;
    }

    /** By its name, with whom each service shares, of those that share. */
    static Map<String, String> sharers(Map<String, Part> services, ComposeFindings findings) {
        Map<String, String> sharers = new LinkedHashMap<>();
        services.forEach((name, service) -> {
            String with = with(service);
            if (with == null) {
                return;
            }
            Part other = services.get(with);
            Spot at = service.spotOf("network_mode");
            if (other == null) {
                findings.refuse(
                        at,
                        "network_mode: service:" + with
                                + ": there is no such service, or none in the profiles that are given",
                        "name one of the file");
            } else if (with(other) != null) {
                findings.refuse(
                        at,
                        "network_mode: service:" + with + ": that one has another's network itself",
                        "name whose it is, or give it its own");
            } else {
                sharers.put(name, with);
            }
        });
        return sharers;
    }

    private static @Nullable String with(Part service) {
        Part mode = service.at("network_mode");
        return mode != null && mode.text().startsWith(PREFIX) ? mode.text().substring(PREFIX.length()) : null;
    }

    /** The services without those that became sidecars. */
    static List<ComposeService> of(
            List<ComposeService> services, Map<String, String> sharers, ComposeFindings findings) {
        if (sharers.isEmpty()) {
            return services;
        }
        Sharing sharing = new Sharing(sharers, findings);
        return services.stream()
                .filter(each -> !sharers.containsKey(each.service()))
                .map(each -> sharing.with(each, services))
                .toList();
    }

    private ComposeService with(ComposeService main, List<ComposeService> services) {
        List<ComposeService> own = services.stream()
                .filter(each -> main.service().equals(sharers.get(each.service())))
                .toList();
        if (own.isEmpty()) {
            return main;
        }
        ObjectNode spec = main.spec().deepCopy();
        Map<String, Spot> places = new LinkedHashMap<>(main.places());
        own.forEach(each -> add(each, main.service(), spec, places));
        return new ComposeService(main.service(), main.deployment(), spec, places, main.spot());
    }

    private void add(ComposeService one, String main, ObjectNode spec, Map<String, Spot> places) {
        ObjectNode sidecar = JsonNodeFactory.instance.objectNode();
        sidecar.put("name", one.service().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-"));
        String pointer = "/" + SIDECARS + "/" + spec.path(SIDECARS).size();
        places.put(pointer, one.spot());
        one.spec().fields().forEachRemaining(field -> {
            String name = field.getKey();
            if (OWN.contains(name)) {
                sidecar.set(name, field.getValue());
                one.places().forEach((from, at) -> {
                    if (from.equals("/" + name) || from.startsWith("/" + name + "/")) {
                        places.put(pointer + from, at);
                    }
                });
            } else if (name.equals(VOLUMES)) {
                volumes(one, spec, sidecar, pointer, places);
            } else if (COMMON.containsKey(name)) {
                common(name, one, main, spec, places);
            } else if (name.equals(DEPENDS_ON)) {
                depends(one, spec, places);
            } else if (!NAMES.contains(name)
                    && !holds(name, field.getValue(), spec.get(name))
                    && !isAlways(field.getValue())) {
                other(name, one, main);
            }
        });
        spec.withArray("/" + SIDECARS).add(sidecar);
        findings.remark(
                one.spot(),
                one.service() + " is a sidecar of " + main
                        + ": in its network, with its files, and with its volumes besides its own",
                "");
    }

    /** Those that it has not anyway. What it has elsewhere than the other one, that one does not see. */
    private static void volumes(
            ComposeService one, ObjectNode spec, ObjectNode sidecar, String pointer, Map<String, Spot> places) {
        Set<JsonNode> there = new HashSet<>();
        spec.path(VOLUMES).forEach(there::add);
        JsonNode all = one.spec().path(VOLUMES);
        for (int i = 0; i < all.size(); i++) {
            if (!there.contains(all.get(i))) {
                ArrayNode own = sidecar.withArray("/" + VOLUMES);
                places.put(pointer + "/" + VOLUMES + "/" + own.size(), one.at("/" + VOLUMES + "/" + i));
                own.add(all.get(i));
            }
        }
    }

    /** Whether it is so of a sidecar, too. */
    private static boolean holds(String name, JsonNode value, @Nullable JsonNode other) {
        return APART.contains(name) || other == null ? value.asText().equals(UNSAID.get(name)) : value.equals(other);
    }

    /** How sidecars are started again. */
    private static boolean isAlways(JsonNode value) {
        return value.size() == 1 && value.path("condition").asText().equals("always");
    }

    /** What it does not have as a sidecar. */
    private void other(String name, ComposeService one, String main) {
        Spot at = one.at("/" + name);
        String without = WITHOUT.get(name);
        if (without != null) {
            findings.remark(at, name + " of " + one.service() + " is not taken over: " + without, "");
        } else {
            findings.refuse(
                    at,
                    one.service() + " has " + main + "'s network, and no " + name + " of its own",
                    (APART.contains(name) ? "leave it out" : "write it under " + main) + ", or give " + one.service()
                            + " its own network");
        }
    }

    private void common(String name, ComposeService one, String main, ObjectNode spec, Map<String, Spot> places) {
        ArrayNode all = spec.withArray("/" + name);
        JsonNode added = one.spec().path(name);
        for (int i = 0; i < added.size(); i++) {
            JsonNode each = added.get(i);
            Spot at = one.at("/" + name + "/" + i);
            JsonNode present = sameplace(all, each, name);
            if (present == null) {
                places.put("/" + name + "/" + all.size(), at);
                all.add(each);
            } else if (!present.equals(each)) {
                findings.refuse(
                        at,
                        place(each, name) + " is something else in " + main
                                + ", and containers that share a network have each place once",
                        "have one of both elsewhere");
            }
        }
    }

    private static @Nullable JsonNode sameplace(ArrayNode all, JsonNode one, String name) {
        return StreamSupport.stream(all.spliterator(), false)
                .filter(each -> place(each, name).equals(place(one, name)))
                .findFirst()
                .orElse(null);
    }

    private static String place(JsonNode one, String name) {
        return one.isTextual()
                ? one.asText().split(":", 2)[0]
                : one.path(String.valueOf(COMMON.get(name))).asText();
    }

    private static void depends(ComposeService one, ObjectNode spec, Map<String, Spot> places) {
        List<String> known = new ArrayList<>();
        spec.path(DEPENDS_ON).forEach(each -> known.add(each.asText()));
        JsonNode all = one.spec().path(DEPENDS_ON);
        for (int i = 0; i < all.size(); i++) {
            String name = all.get(i).asText();
            if (!known.contains(name)) {
                ArrayNode list = spec.withArray("/" + DEPENDS_ON);
                places.put(Pointers.child("/" + DEPENDS_ON, "" + list.size()), one.at("/" + DEPENDS_ON + "/" + i));
                list.add(name);
            }
        }
    }
}
