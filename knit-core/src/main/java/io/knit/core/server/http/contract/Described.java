package io.knit.core.server.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An OpenAPI document as a page shows it: operations by the first word of their path, and the things that they speak of. */
final class Described {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final String SCHEMAS = "#/components/schemas/";

    private final JsonNode document;

    Described(JsonNode document) {
        this.document = document;
    }

    Map<String, Object> model() {
        Map<String, List<Object>> groups = new TreeMap<>();
        document.get("paths").properties().forEach(path -> {
            String group = path.getKey().split("/")[1];
            path.getValue().properties().stream()
                    .filter(each -> METHODS.contains(each.getKey()))
                    .forEach(each -> groups.computeIfAbsent(group, first -> new ArrayList<>())
                            .add(operation(path.getKey(), path.getValue(), each.getKey(), each.getValue())));
        });
        List<Object> schemas = new ArrayList<>();
        document.at("/components/schemas").properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> schemas.add(Map.of(
                        "name", each.getKey(), "type", type(each.getValue()), "fields", fields(each.getValue()))));
        return Map.of(
                "title", document.at("/info/title").asText(),
                "version", document.at("/info/version").asText(),
                "description", document.at("/info/description").asText(),
                "groups", groups,
                "schemas", schemas);
    }

    private Map<String, Object> operation(String path, JsonNode shared, String method, JsonNode operation) {
        List<Object> parameters = new ArrayList<>();
        for (JsonNode owner : List.of(shared, operation)) {
            owner.path("parameters").forEach(each -> parameters.add(parameter(meant(each))));
        }
        List<Object> answers = new ArrayList<>();
        operation.get("responses").properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> answers.add(answer(each.getKey(), meant(each.getValue()))));
        JsonNode body = operation.path("requestBody");
        JsonNode schema = body.at("/content/application~1json/schema");
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", operation.get("operationId").asText());
        shown.put("method", method.toUpperCase(Locale.ROOT));
        shown.put("path", path);
        shown.put("summary", operation.path("summary").asText());
        shown.put("parameters", parameters);
        shown.put("hasBody", !body.isMissingNode());
        shown.put("bodyNeeded", body.path("required").asBoolean());
        shown.put("body", type(schema));
        shown.put("bodyFields", fields(schema));
        shown.put("answers", answers);
        return shown;
    }

    private Map<String, Object> parameter(JsonNode parameter) {
        return Map.of(
                "name", parameter.get("name").asText(),
                "in", parameter.get("in").asText(),
                "needed", parameter.path("required").asBoolean(),
                "type", type(parameter.path("schema")),
                "words", parameter.path("description").asText());
    }

    private Map<String, Object> answer(String status, JsonNode answer) {
        List<Object> types = new ArrayList<>();
        answer.path("content")
                .properties()
                .forEach(each -> types.add(Map.of(
                        "media", each.getKey(), "type", type(each.getValue().path("schema")))));
        return Map.of("status", status, "words", answer.path("description").asText(), "types", types);
    }

    private List<Object> fields(JsonNode schema) {
        List<Object> fields = new ArrayList<>();
        Set<String> needed = new java.util.HashSet<>();
        schema.path("required").forEach(each -> needed.add(each.asText()));
        schema.path("properties")
                .properties()
                .forEach(each -> fields.add(Map.of(
                        "name", each.getKey(),
                        "type", type(each.getValue()),
                        "needed", needed.contains(each.getKey()),
                        "words", words(each.getValue()))));
        return fields;
    }

    private static String words(JsonNode schema) {
        String words = schema.path("description").asText();
        JsonNode unlessGiven = schema.path("default");
        return unlessGiven.isMissingNode()
                ? words
                : words + (words.isEmpty() ? "" : ". ") + "Unless given: " + unlessGiven;
    }

    private JsonNode meant(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** In words; those that name a thing of the page have its name as {@code ref}, the others an empty one. */
    private static List<Map<String, String>> type(JsonNode schema) {
        String ref = schema.path("$ref").asText();
        if (ref.startsWith(SCHEMAS)) {
            String name = ref.substring(SCHEMAS.length());
            return List.of(Map.of("text", name, "ref", name));
        }
        if (schema.has("enum")) {
            List<String> choices = new ArrayList<>();
            schema.get("enum").forEach(each -> choices.add(each.asText()));
            return plain("one of " + String.join(", ", choices));
        }
        for (String many : List.of("oneOf", "anyOf", "allOf")) {
            if (schema.has(many) && !schema.has("type")) {
                return joined(schema.get(many), many.equals("allOf") ? " and " : " or ");
            }
        }
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            List<String> names = new ArrayList<>();
            type.forEach(each -> names.add(each.asText()));
            return plain(String.join(" or ", names));
        }
        if (type.asText().equals("array")) {
            List<Map<String, String>> words = new ArrayList<>(plain("list of "));
            words.addAll(type(schema.path("items")));
            return words;
        }
        return plain(type.asText());
    }

    private static List<Map<String, String>> joined(JsonNode parts, String between) {
        List<Map<String, String>> words = new ArrayList<>();
        parts.forEach(part -> {
            List<Map<String, String>> one = type(part);
            if (!words.isEmpty() && !one.isEmpty()) {
                words.addAll(plain(between));
            }
            words.addAll(one);
        });
        return words;
    }

    private static List<Map<String, String>> plain(String text) {
        return text.isEmpty() ? Collections.emptyList() : List.of(Map.of("text", text, "ref", ""));
    }
}
