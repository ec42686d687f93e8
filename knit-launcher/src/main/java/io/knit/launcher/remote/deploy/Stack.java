package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.launcher.remote.typed.Refused;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is deployed together, under a name that stands in each spec. Nothing is ever taken away that does not have that name on the server, so what
 * somebody else deployed, or deployed without it, stays.
 */
record Stack(String name, Set<String> members) {
    private static final String FIELD = "stack";

    /**
     * Puts the name into all specs.
     *
     * @param given empty: what the specs say
     * @throws IllegalArgumentException if one says another, or none says any, or there are none
     */
    static Stack of(String given, List<ObjectNode> specs) {
        if (specs.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is nothing to deploy, and all that is of the stack would count as left out; undeploy --stack NAME takes it away");
        }
        Set<String> said = specs.stream()
                .map(spec -> spec.path(FIELD).asText())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!given.isEmpty()) {
            said.add(given);
        }
        if (said.size() > 1) {
            throw new IllegalArgumentException(
                    "the files are of several stacks: " + String.join(", ", said) + "; deploy one stack at a time");
        }
        if (said.isEmpty()) {
            throw new IllegalArgumentException(
                    "--prune takes away what is of the same stack, and none is named; give --stack NAME");
        }
        String name = said.iterator().next();
        specs.forEach(spec -> spec.put(FIELD, name));
        return new Stack(
                name,
                specs.stream()
                        .map(spec -> spec.path("name").asText())
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** @throws Refused if one of them is another stack's on the server, which would lose it */
    void requireOwn(KnitClient knit) {
        for (JsonNode one : knit.deployments().path("deployments")) {
            String other = one.path("spec").path(FIELD).asText();
            if (members.contains(one.path("name").asText()) && !other.isEmpty() && !other.equals(name)) {
                throw new Refused(one.path("name").asText() + " is of the stack " + other
                        + "; deploy it with that, or undeploy it first");
            }
        }
    }

    /** What is of this stack and none of them, as the server has it. */
    List<JsonNode> leftOut(KnitClient knit) {
        List<JsonNode> left = new ArrayList<>();
        for (JsonNode one : knit.deployments().path("deployments")) {
            boolean own = one.path("spec").path(FIELD).asText().equals(name);
            boolean goes = one.path("status").asText().equals("deleting");
            if (own && !goes && !members.contains(one.path("name").asText())) {
                left.add(one);
            }
        }
        return left;
    }

    /** The same, so that what depends on another, or shares its volume, goes before it. */
    List<JsonNode> lastFirst(KnitClient knit) {
        List<JsonNode> left = new ArrayList<>(leftOut(knit));
        List<JsonNode> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            List<JsonNode> free = left.stream()
                    .filter(one -> left.stream().noneMatch(other -> dependsOn(other, one)))
                    .toList();
            List<JsonNode> next = free.isEmpty() ? List.copyOf(left) : free;
            ordered.addAll(next);
            left.removeAll(next);
        }
        return ordered;
    }

    private static boolean dependsOn(JsonNode one, JsonNode other) {
        for (JsonNode name : one.path("spec").path("depends_on")) {
            if (name.equals(other.path("name"))) {
                return true;
            }
        }
        for (JsonNode volume : one.path("spec").path("volumes")) {
            if (volume.path("of").equals(other.path("name"))) {
                return true;
            }
        }
        return false;
    }
}
