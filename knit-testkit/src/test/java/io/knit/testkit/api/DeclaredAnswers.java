package io.knit.testkit.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What an OpenAPI document says of answers, and where one is otherwise. Stricter than the document: a field that it does not name is a fault, too. */
final class DeclaredAnswers {
    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete");

    private final JsonNode document;
    private final Map<String, Validator> validators = new HashMap<>();

    DeclaredAnswers(String json) throws IOException {
        this.document = new ObjectMapper().readTree(json);
        merge(document);
        strict(document);
    }

    /** What has the fields of several is one, of which it can be said that there are no others. */
    private void merge(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("allOf").size() > 1) {
            ObjectNode properties = object.withObject("/properties");
            object.put("type", "object");
            object.remove("allOf")
                    .forEach(part -> properties.setAll((ObjectNode) meant(part).get("properties")));
        }
        node.forEach(this::merge);
    }

    /** Where fields are named, others are none. */
    private static void strict(JsonNode node) {
        if (node instanceof ObjectNode object
                && object.get("properties") instanceof ObjectNode
                && object.path("type").toString().contains("object")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(DeclaredAnswers::strict);
    }

    /** {@code deploy 202}: each status that an operation's answer may have, but for HEAD, which is GET's. */
    Set<String> all() {
        Set<String> all = new TreeSet<>();
        document.get("paths")
                .forEach(path -> path.properties().stream()
                        .filter(operation -> METHODS.contains(operation.getKey())
                                && !operation.getKey().equals("head"))
                        .forEach(operation -> operation
                                .getValue()
                                .get("responses")
                                .fieldNames()
                                .forEachRemaining(status -> all.add(
                                        operation.getValue().get("operationId").asText() + " " + status))));
        return all;
    }

    /** The operation that this asks for. */
    JsonNode operation(String method, String path) {
        return document.get("paths").properties().stream()
                .filter(each -> Pattern.matches(each.getKey().replaceAll("\\{\\w+}", "[^/]+"), path))
                .filter(each -> each.getValue().has(method.toLowerCase(java.util.Locale.ROOT)))
                .min(java.util.Comparator.comparing(each -> each.getKey().contains("{")))
                .orElseThrow(() -> new AssertionError("the document has no " + method + " " + path))
                .getValue()
                .get(method.toLowerCase(java.util.Locale.ROOT));
    }

    /** In words; empty where it is as the document says. */
    List<String> faults(JsonNode operation, HttpResponse<String> answer) {
        String where = operation.get("operationId").asText() + " " + answer.statusCode();
        JsonNode response = meant(operation.path("responses").path(Integer.toString(answer.statusCode())));
        if (response.isMissingNode()) {
            return List.of(where + " is not declared: " + answer.body());
        }
        List<String> faults = new ArrayList<>();
        response.path("headers").fieldNames().forEachRemaining(name -> {
            if (!name.equals("Link") && answer.headers().firstValue(name).isEmpty()) {
                faults.add(where + " lacks the header " + name);
            }
        });
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        JsonNode content = response.path("content");
        if (content.isEmpty() || answer.body().isEmpty()) {
            if (!answer.body().isEmpty() || !content.isEmpty()) {
                faults.add(where + " has a body, or none, and is declared otherwise");
            }
        } else if (!content.has(type)) {
            faults.add(where + " is of the type " + type + ", which is not declared");
        } else if (type.matches(".*[/+]json")) {
            String pointer = where + " " + type;
            faults.addAll(validate(pointer, content.get(type).get("schema"), answer.body()));
        }
        return faults;
    }

    private JsonNode meant(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private List<String> validate(String where, JsonNode schema, String body) {
        Validator validator = validators.computeIfAbsent(schema.toString(), text -> {
            JsonObject root = new JsonObject(text);
            root.put("components", new JsonObject(document.get("components").toString()));
            return Validator.create(
                    JsonSchema.of(root),
                    new JsonSchemaOptions()
                            .setBaseUri("https://knit.invalid/")
                            .setDraft(Draft.DRAFT202012)
                            .setOutputFormat(OutputFormat.Basic));
        });
        OutputUnit result =
                validator.validate(body.stripLeading().startsWith("[") ? new JsonArray(body) : new JsonObject(body));
        return result.getValid()
                ? List.of()
                : result.getErrors().stream()
                        .map(error -> where + ": " + error.getInstanceLocation() + " " + error.getError())
                        .toList();
    }
}
