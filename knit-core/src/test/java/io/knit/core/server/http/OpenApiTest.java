package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeState;
import io.knit.api.model.RevisionView;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.answer.ProblemStatus;
import io.knit.core.server.http.contract.OpenApi;
import io.knit.core.server.http.contract.OpenApiText;
import io.knit.core.server.http.request.Times;
import io.knit.core.server.value.ValueCommands;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The document is valid, says all routes and no others, and what the server answers is as it says. */
class OpenApiTest {
    private static final ObjectNode DOCUMENT = OpenApi.document(Routes.PATHS);
    private static final String FULL = """
        {"name":"web","image":"web:2","command":["/run"],"args":["-v"],"env":{"A":"1"},"labels":{"a/b":"x\\ny"},
        "node_selector":{"region":"eu"},"replicas":3,"pull":"never","registry_auth":{"username":"me","password":"secret"},
        "ports":[{"host_ip":"10.0.0.1","host_port":8080,"container_port":80,"protocol":"udp"},{"host_port":0,"container_port":81}],
        "templates":[{"destination":"/etc/a","content":"text"}],"init":false,"no_new_privileges":false,"resources":{"pids":0},
        "health":{"http":{"port":80,"path":"/healthz","status":"200-299","headers":{"Host":"x"}},"interval":"1m30s","grace":"0s"},
        "restart":{"condition":"on_failure","delay":"500ms","attempts":3,"window":"1h"},
        "stop":{"signal":"SIGRTMIN+3","grace":"30s","pre_stop":["/bye"]}}
        """;

    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @DisplayName("it is made when it is first asked for, not at the start, and once")
    void madeWhenAskedFor() {
        AtomicInteger made = new AtomicInteger();
        OpenApiText text =
                new OpenApiText(() -> ("{\"made\":" + made.incrementAndGet() + "}").getBytes(StandardCharsets.UTF_8));

        assertThat(made).hasValue(0);
        assertThat(text.json().toString()).isEqualTo("{\"made\":1}");
        assertThat(text.json()).isSameAs(text.json());
        assertThat(made).hasValue(1);
    }

    @Test
    void theDocumentIsValid() throws Exception {
        HttpResponse<String> answer = server.get("/openapi.json");
        assertThat(answer.statusCode()).isEqualTo(200);
        // the library judges by the official schema, but then serves these types of answers not itself
        String judged = answer.body()
                .replace("application/problem+json", "application/json")
                .replace("text/event-stream", "text/plain")
                .replace("application/x-ndjson", "text/plain")
                .replace("application/x-tar", "text/plain")
                .replace("application/yaml", "text/plain")
                .replace("application/zip", "text/plain");
        JsonObject document = new JsonObject(judged);
        // nor does it take addresses without a host, or two
        document.remove("servers");
        OpenAPIContract contract = OpenAPIContract.from(server.vertx, document)
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        assertThat(contract.getVersion().name()).isEqualTo("V3_1");
        assertThat(contract.getRawContract().getString("openapi")).startsWith("3.1");
    }

    @Test
    void aDocumentThatIsNotValidIsFound() {
        JsonObject wrong = new JsonObject(DOCUMENT.toString().replace("application/problem+json", "application/json"));
        wrong.getJsonObject("paths").getJsonObject("/ping").getJsonObject("get").put("responses", new JsonArray());
        assertThat(OpenAPIContract.from(server.vertx, wrong).toCompletionStage().toCompletableFuture())
                .failsWithin(java.time.Duration.ofSeconds(30))
                .withThrowableThat()
                .withMessageContaining("invalid");
    }

    @Test
    void itSaysAllRoutesAndNoOthers() {
        Set<String> said = new TreeSet<>();
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (!method.equals("parameters")) {
                        said.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                }));
        Set<String> routes = new TreeSet<>();
        Routes.PATHS.forEach((path, methods) ->
                Arrays.stream(methods.split(", ")).forEach(method -> routes.add(method + " " + OpenApi.named(path))));
        assertThat(said).isEqualTo(routes);
    }

    @Test
    void itSaysAllQueryParametersAndNoOthers() {
        Set<String> said = new TreeSet<>();
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> !method.getKey().equals("head"))
                        .forEach(method -> method.getValue().path("parameters").forEach(parameter -> {
                            JsonNode meant = parameter.has("$ref")
                                    ? DOCUMENT.at(parameter.get("$ref").asText().substring(1))
                                    : parameter;
                            if (meant.path("in").asText().equals("query")) {
                                said.add(path.getKey() + "?" + meant.get("name").asText());
                            }
                        })));
        Set<String> known = new TreeSet<>();
        Routes.PARAMETERS.forEach((path, names) ->
                names.forEach(name -> known.add(OpenApi.named(path.replaceFirst("^[A-Z]+ ", "")) + "?" + name)));
        assertThat(said).isEqualTo(known);
    }

    @Test
    void theDocsForPeopleHaveTheSameRoutes() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "api.md"));
        Routes.PATHS.forEach((path, methods) -> Arrays.stream(methods.split(", "))
                .filter(method -> !method.equals("HEAD"))
                .forEach(method -> assertThat(page).contains("| `" + method + " " + OpenApi.named(path) + "` |")));
    }

    @Test
    void everyCodeHasItsAnswerAndItsWordsInTheDocs() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "api.md"));
        for (ErrorCode code : ErrorCode.values()) {
            String status = "/components/responses/Problem" + ProblemStatus.of(code);
            assertThat(DOCUMENT.at(status + "/description").asText()).contains("`" + code.wireName() + "`");
        }
        for (ErrorCode code : List.of(ErrorCode.NOT_JSON, ErrorCode.TOO_LARGE, ErrorCode.BUSY)) {
            assertThat(page).contains("`" + code.wireName() + "`");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/vars/{name}", "/secrets/{name}", "/files/{name}"})
    void base64IsWhatTheServerTakesForIt(String path) {
        JsonNode body = DOCUMENT.at("/paths/" + path.replace("/", "~1") + "/put/requestBody");
        JsonNode pattern = body.at("/content/application~1json/schema/properties/base64/pattern");
        Pattern said = Pattern.compile(pattern.textValue());
        List<String> texts = new ArrayList<>(List.of(""));
        // all there are of up to six, of letters, what fills up, and what is no part of it
        for (int i = 0; texts.get(i).length() < 6; i++) {
            for (String each : List.of("A", "/", "=", "-")) {
                texts.add(texts.get(i) + each);
            }
        }
        assertThat(texts)
                .allSatisfy(text ->
                        assertThat(said.matcher(text).matches()).as(text).isEqualTo(taken(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/vars/{name}", "/secrets/{name}", "/files/{name}"})
    void namesOfValuesAreThoseThatTheServerTakes(String path) {
        Pattern said = Pattern.compile(DOCUMENT.at("/paths/" + path.replace("/", "~1") + "/parameters/0/schema/pattern")
                .textValue());
        assertThat(List.of("a", "9", "A.b_c-9", "x".repeat(128), "", "-a", "a.", "web@sha256", "x".repeat(129), "a b"))
                .allSatisfy(name ->
                        assertThat(said.matcher(name).matches()).as(name).isEqualTo(ValueCommands.isName(name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io",
                "registry.example",
                "registry.example:5000",
                "registry:5000",
                "a-b.c9",
                "localhost",
                "localhost:5000",
                "10.0.0.1:5000",
                "[fd00::1]",
                "[fd00::1]:5000",
                "index.docker.io",
                "registry-1.docker.io",
                "registry-1.docker.io:443",
                "index.docker.iox",
                "registry",
                "Registry.example",
                "[FD00::1]",
                "-a.b",
                "a-.b",
                "a..b",
                ".a",
                "a.b:",
                "a.b:123456",
                "a.b/c",
                "a.b\n",
                ""
            })
    void registriesAreThoseThatTheServerTakes(String host) {
        JsonNode schema = DOCUMENT.at("/paths/~1registries~1{host}/parameters/0/schema");
        assertThat(Pattern.matches(schema.path("pattern").asText(), host))
                .isEqualTo(ImageReference.registryFault(host) == null);
        assertThat(ImageReference.registryFault("a." + "b".repeat(198))).isNull();
        assertThat(ImageReference.registryFault("a." + "b".repeat(199))).isNotNull();
        assertThat(schema.path("maxLength").asInt()).isEqualTo(200);
    }

    @Test
    void loginsAndPathsAreThoseThatTheServerTakes() throws Exception {
        String login = "/paths/~1registries~1{host}/put/requestBody/content/application~1json/schema/properties/";
        for (String text : List.of("ci", "a b", "\u00e9", "c:i", "a\nb", "a\u0085b", "")) {
            assertThat(matches(login + "username/pattern", text))
                    .as(text)
                    .isEqualTo(text.matches("[^:\\p{Cntrl}\u0080-\u009f]+"));
            assertThat(matches(login + "password/pattern", text))
                    .as(text)
                    .isEqualTo(text.matches("[^\\p{Cntrl}\u0080-\u009f]+"));
        }
        for (String path : List.of("/", "/etc/a b", "/a\nb", "/a\u0000b", "etc", "")) {
            String asked = URLEncoder.encode(path, StandardCharsets.UTF_8);
            boolean taken = server.get("/instances/web-0-a/files?path=" + asked).statusCode() != 400;
            for (String method : List.of("get", "put")) {
                String parameter = "/paths/~1instances~1{id}~1files/" + method + "/parameters/0";
                assertThat(DOCUMENT.at(parameter + "/name").asText()).isEqualTo("path");
                assertThat(matches(parameter + "/schema/pattern", path))
                        .as(asked)
                        .isEqualTo(taken);
            }
        }
    }

    /** As JSON Schema has it: somewhere, if it does not say where. */
    private static boolean matches(String pattern, String text) {
        return Pattern.compile(DOCUMENT.at(pattern).asText()).matcher(text).find();
    }

    @Test
    void timesAreThoseThatTheServerTakes() {
        List<JsonNode> times = parameters().stream()
                .flatMap(each -> each.findParents("format").stream())
                .filter(schema -> schema.get("format").textValue().equals("date-time"))
                .toList();
        assertThat(times).hasSize(6).allSatisfy(schema -> {
            Pattern said = Pattern.compile(schema.path("pattern").asText());
            for (String text : List.of(
                    "2026-11-26T12:00:00Z",
                    "2026-11-26t12:00:00z",
                    "2026-11-26T12:00:00+01:00",
                    "2026-11-26T12:00:00-17:59",
                    "2026-11-26T12:00:00.123456789Z",
                    "2026-11-26T12:00:00.1234567890Z",
                    "2026-11-26T12:00:00.Z",
                    "2026-11-26T12:00:00+19:00",
                    "2026-11-26T12:00:00+01:00:30",
                    "2026-11-26T12:00Z",
                    "2026-11-26 12:00:00Z",
                    " 2026-11-26T12:00:00Z",
                    "+12026-11-26T12:00:00Z",
                    "")) {
                assertThat(said.matcher(text).matches()).as(text).isEqualTo(isTime(text));
            }
        });
    }

    @Test
    void numbersSayHowLargeTheyMayBe() {
        List<JsonNode> numbers = parameters().stream()
                .flatMap(each -> each.findParents("type").stream())
                .filter(schema -> schema.get("type").asText().equals("integer"))
                .toList();
        assertThat(numbers)
                .isNotEmpty()
                .allSatisfy(schema -> assertThat(schema.has("minimum") && schema.has("maximum"))
                        .as(schema.toString())
                        .isTrue());
    }

    /** All there are, but of {@code HEAD}, which are those of {@code GET}. */
    private static List<JsonNode> parameters() {
        List<JsonNode> parameters = new ArrayList<>();
        DOCUMENT.get("paths")
                .forEach(path -> path.properties().stream()
                        .filter(method -> !method.getKey().equals("head"))
                        .forEach(method -> method.getValue().path("parameters").forEach(parameters::add)));
        DOCUMENT.at("/components/parameters").forEach(parameters::add);
        return parameters;
    }

    private static boolean isTime(String text) {
        try {
            Times.of("since", text);
            return true;
        } catch (KnitException e) {
            return false;
        }
    }

    private static boolean taken(String base64) {
        try {
            Base64.getDecoder().decode(base64);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void statesAreThoseThereAre() {
        assertThat(choices("/Deployment/properties/status"))
                .containsExactlyElementsOf(Arrays.stream(DeploymentStatus.values())
                        .map(DeploymentStatus::wireName)
                        .toList());
        assertThat(choices("/Instance/properties/state"))
                .containsExactlyElementsOf(Arrays.stream(InstanceState.values())
                        .map(InstanceState::wireName)
                        .toList());
        assertThat(choices("/Instance/properties/health"))
                .containsExactlyElementsOf(
                        Arrays.stream(Health.values()).map(Health::wireName).toList());
        assertThat(choices("/Node/properties/state"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(NodeState.values())
                        .map(NodeState::wireName)
                        .toList());
    }

    @Test
    void whatIsAnsweredIsAsItSays() throws Exception {
        assertThat(faults("DeploymentSpec", FULL)).isEmpty();
        HttpResponse<String> deployed = server.post("/deployments", FULL);
        assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(202);
        assertThat(faults("Deployment", deployed.body())).isEmpty();
        JsonArray all = new JsonObject(server.get("/deployments").body()).getJsonArray("deployments");
        assertThat(all).isNotEmpty();
        all.forEach(each -> assertThat(faults("Deployment", each.toString())).isEmpty());
        new JsonObject(server.get("/nodes").body())
                .getJsonArray("nodes")
                .forEach(each -> assertThat(faults("Node", each.toString())).isEmpty());
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:2").build(),
                DeploymentStatus.RUNNING,
                List.of(Fixtures.on("n1", Fixtures.pending("web-0-a", "web", 1, 0), InstanceState.RUNNING)));
        server.orchestrator.revisions = List.of(new RevisionView(
                "web",
                1,
                DeploymentSpec.builder("web", "web:2").build(),
                null,
                "",
                "",
                true,
                1,
                "sha256:" + "a".repeat(64)));
        assertThat(faults("Revision", server.get("/deployments/web/revisions/1").body()))
                .isEmpty();
        server.orchestrator.revisions = List.of(new RevisionView(
                "web",
                1,
                DeploymentSpec.builder("web", "web:2").mode(Mode.GLOBAL).build(),
                null,
                "",
                "",
                true,
                1,
                null));
        assertThat(faults("Revision", server.get("/deployments/web/revisions/1").body()))
                .as("of what has no number of replicas")
                .isEmpty();
        for (String path : List.of("/deployments/web/explain", "/instances/web-0-a/explain")) {
            String explained = server.get(path).body();
            assertThat(explained).contains("\"phases\":[{", "is full");
            assertThat(faults("Explanation", explained)).isEmpty();
        }
        HttpResponse<String> refused = server.post("/deployments", "{\"name\":\"A\",\"image\":\"\"}");
        assertThat(faults("Problem", refused.body())).isEmpty();
        assertThat(faults("Status", server.get("/readyz").body())).isEmpty();
    }

    /** What one field alone shows to be wrong, the schema knows as well as the server does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"a\"}",
                "{\"name\":\"A\",\"image\":\"b:1\"}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"node_seletor\":{}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"replicas\":1001}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"replicas\":\"3\"}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"pull\":\"sometimes\"}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"env\":{\"A=B\":\"x\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"env\":{\"A\":1}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"node_selector\":{\"-a\":\"x\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"resources\":{\"pids\":-2}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"health\":{\"interval\":\"ten\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"health\":{\"interval\":\"\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"health\":{\"tcp\":{}}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"stop\":{\"signal\":\"QUIT\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"ports\":[{}]}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"ports\":[{\"container_port\":0}]}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"ports\":[{\"container_port\":1,\"host_port\":65536}]}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"registry_auth\":{\"username\":\"u\"}}",
                "{\"name\":\"a\",\"image\":\"b:1\",\"init\":0}"
            })
    void whatTheServerRefusesTheSchemaRefuses(String body) throws Exception {
        assertThat(server.post("/deployments", body).statusCode()).isEqualTo(400);
        assertThat(faults("DeploymentSpec", body)).isNotEmpty();
    }

    private static List<String> choices(String schema) {
        List<String> choices = new ArrayList<>();
        DOCUMENT.at("/components/schemas" + schema + "/enum").forEach(choice -> choices.add(choice.asText()));
        return choices;
    }

    static List<String> faults(String schema, String json) {
        JsonObject root = new JsonObject(DOCUMENT.toString());
        root.put("$ref", "#/components/schemas/" + schema);
        OutputUnit result = Validator.create(
                        JsonSchema.of(root),
                        new JsonSchemaOptions()
                                .setBaseUri("https://knit.invalid/")
                                .setDraft(io.vertx.json.schema.Draft.DRAFT202012)
                                .setOutputFormat(io.vertx.json.schema.OutputFormat.Basic))
                .validate(new JsonObject(json));
        return result.getValid()
                ? List.of()
                : result.getErrors().stream()
                        .map(error -> error.getInstanceLocation() + " " + error.getError())
                        .toList();
    }
}
