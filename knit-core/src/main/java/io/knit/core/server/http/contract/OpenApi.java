package io.knit.core.server.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.core.server.command.Right;
import io.knit.core.server.http.access.RouteRights;
import io.knit.core.server.http.answer.ProblemStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What programs read of the API, an OpenAPI 3.1 document: paths and answers as a file of ours says, the spec as the table of its fields says,
 * problems as their codes say.
 */
public final class OpenApi {
    private static final String FILE = "io/knit/core/openapi.json";

    /** The problems that come before a route is looked for. */
    private static final List<String> EVERYWHERE = List.of("400", "403", "414", "429", "431", "500", "503");

    private static final int LONGEST_LABEL = 4_096;

    private OpenApi() {}

    /** @param routes the methods of each path, {@code GET, HEAD} */
    public static ObjectNode document(Map<String, String> routes) {
        ObjectNode document = file();
        ((ObjectNode) document.get("info")).put("version", KnitVersion.current());
        ObjectNode components = (ObjectNode) document.get("components");
        ((ObjectNode) components.get("schemas")).setAll(SpecSchema.all());
        problems((ObjectNode) components.get("responses"));
        labels(document);
        everywhere((ObjectNode) document.get("paths"));
        asked(routes, (ObjectNode) document.get("paths"));
        heads(routes, (ObjectNode) document.get("paths"));
        return document;
    }

    private static ObjectNode file() {
        try (InputStream in = OpenApi.class.getClassLoader().getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the file " + FILE + " is missing from Knit's jar");
            }
            return (ObjectNode) new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + FILE + " can't be read", e);
        }
    }

    /** One for each status; which codes come with it. */
    private static void problems(ObjectNode responses) {
        Map<Integer, String> codes = Arrays.stream(ErrorCode.values())
                .collect(Collectors.groupingBy(
                        ProblemStatus::of,
                        TreeMap::new,
                        Collectors.mapping(code -> "`" + code.wireName() + "`", Collectors.joining(", "))));
        codes.put(414, "`invalid_value`: the path is too long");
        codes.put(431, "`invalid_value`: the headers are too large");
        codes.forEach((status, words) -> {
            ObjectNode response = responses.putObject("Problem" + status).put("description", words);
            requestId(response);
            if (status == 429 || status == 503) {
                response.withObject("/headers")
                        .putObject("Retry-After")
                        .put("$ref", "#/components/headers/Retry-After");
            }
            response.putObject("content")
                    .putObject("application/problem+json")
                    .putObject("schema")
                    .put("$ref", "#/components/schemas/Problem");
        });
    }

    /** A node's labels that are set are such as a {@code node_selector} can ask for; null takes one away. */
    private static void labels(ObjectNode document) {
        JsonNode selector = document.at("/components/schemas/DeploymentSpec/properties/node_selector");
        ObjectNode labels = (ObjectNode) document.at(
                "/paths/~1nodes~1{id}/patch/requestBody/content/application~1json/schema/properties/labels");
        labels.set("maxProperties", selector.get("maxProperties"));
        labels.set("propertyNames", selector.get("propertyNames"));
        ((ObjectNode) labels.get("additionalProperties"))
                .put("maxLength", LONGEST_LABEL)
                .put("pattern", "^[^\\u0000-\\u001f\\u007f-\\u009f]*$");
    }

    /** What any request may be answered, and each answer has. */
    private static void everywhere(ObjectNode paths) {
        paths.forEach(path -> path.forEach(operation -> {
            if (operation.get("responses") instanceof ObjectNode responses) {
                EVERYWHERE.forEach(status -> {
                    if (!responses.has(status)) {
                        responses.putObject(status).put("$ref", "#/components/responses/Problem" + status);
                    }
                });
                responses.forEach(OpenApi::requestId);
            }
        }));
    }

    private static void requestId(JsonNode response) {
        if (!response.has("$ref")) {
            ((ObjectNode) response)
                    .withObject("/headers")
                    .putObject("X-Request-Id")
                    .put("$ref", "#/components/headers/X-Request-Id");
        }
    }

    /** Who is not let in everywhere is told so. */
    private static void asked(Map<String, String> routes, ObjectNode paths) {
        routes.forEach((path, methods) -> paths.path(named(path)).properties().forEach(operation -> {
            String method = operation.getKey().toUpperCase(Locale.ROOT);
            if (methods.contains(method) && RouteRights.of(method, path) != Right.OPEN) {
                ObjectNode answers = (ObjectNode) operation.getValue().get("responses");
                answers.putObject("401").put("$ref", "#/components/responses/Problem401");
                ArrayNode ways = ((ObjectNode) operation.getValue()).putArray("security");
                ways.addObject();
                ways.addObject().putArray("token");
            }
        }));
    }

    /** As {@code GET}, without what it would bring. */
    private static void heads(Map<String, String> routes, ObjectNode paths) {
        routes.forEach((path, methods) -> {
            if (methods.contains("HEAD")) {
                ObjectNode operations = (ObjectNode) paths.get(named(path));
                ObjectNode head = operations.get("get").deepCopy();
                head.put("operationId", head.get("operationId").asText() + "Head");
                head.put("summary", head.get("summary").asText() + "; without the body");
                for (JsonNode answer : head.get("responses")) {
                    ((ObjectNode) answer).remove("content");
                }
                operations.set("head", head);
            }
        });
    }

    /** {@code /nodes/{id}} for {@code /nodes/:id}. */
    public static String named(String path) {
        return path.replaceAll(":(\\w+)", "{$1}");
    }
}
