package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.NodeState;
import io.knit.core.server.http.connection.HttpLimits;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every path: its version, tags, pages, ids, packing, and who may ask from elsewhere. */
class VersionedApiTest {
    private static final List<String> OPEN = List.of("/ping", "/healthz", "/readyz", "/openapi.json");

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void deploy(String... names) {
        for (String name : names) {
            server.orchestrator.put(
                    DeploymentSpec.builder(name, "nginx:1").build(), DeploymentStatus.RUNNING, List.of());
        }
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return server.send(
                headers.length == 0
                        ? server.request(path)
                        : server.request(path).headers(headers));
    }

    @Test
    void eachPathIsThereWithTheVersionAndWithout() throws Exception {
        deploy("web");
        for (String path : Routes.PATHS.keySet()) {
            if (!Routes.PATHS.get(path).contains("GET") || path.equals("/events")) {
                continue;
            }
            String at = path.replace(":name", "web").replace(":number", "1").replace(":id", "n1");
            assertThat(get("/v1" + at).statusCode()).as(at).isEqualTo(get(at).statusCode());
        }
        assertThat(get("/v1/deployments/web").body())
                .isEqualTo(get("/deployments/web").body());
        assertThat(get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/v1").statusCode()).isEqualTo(404);
        assertThat(get("/v1/v1/deployments").statusCode()).isEqualTo(404);
        assertThat(get("/v1/dashboard").statusCode())
                .as("people's pages have no version")
                .isEqualTo(404);
        assertThat(get("/v1/deployments?verbose=1").statusCode()).isEqualTo(400);
    }

    @Test
    void whoAsksWithTheVersionIsLedOnWithIt() throws Exception {
        String body = "{\"name\":\"web\",\"image\":\"nginx:1\"}";
        assertThat(server.post("/v1/deployments", body).headers().firstValue("Location"))
                .hasValue("/v1/deployments/web");
        assertThat(server.post("/deployments", body).headers().firstValue("Location"))
                .hasValue("/deployments/web");
    }

    @Test
    void whoHasTheAnswerIsSparedIt() throws Exception {
        deploy("web");
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        for (String path : List.of("/deployments/web", "/v1/deployments", "/nodes/n1", "/openapi.json", "/history")) {
            HttpResponse<String> first = get(path);
            String tag = first.headers().firstValue("ETag").orElseThrow();
            HttpResponse<String> again = get(path, "If-None-Match", "\"x\", " + tag);
            assertThat(again.statusCode()).as(path).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.headers().firstValue("ETag")).hasValue(tag);
            assertThat(get(path, "If-None-Match", "\"another\"").statusCode()).isEqualTo(200);
        }
    }

    /** Also what is stored nowhere, and makes no revision: why an instance waits. */
    @ParameterizedTest
    @ValueSource(strings = {"/deployments/web", "/deployments"})
    void whatHasChangedHasAnotherTag(String path) throws Exception {
        deploy("web");
        String before = get(path).headers().firstValue("ETag").orElseThrow();
        server.orchestrator.put(DeploymentSpec.builder("web", "nginx:1").build(), DeploymentStatus.DEGRADED, List.of());
        HttpResponse<String> after = get(path, "If-None-Match", before);
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(after.headers().firstValue("ETag")).isNotEqualTo(before);
    }

    @Test
    void aTagSaysWhichRevisionAChangeRestsOn() throws Exception {
        deploy("web");
        String tag = get("/deployments/web").headers().firstValue("ETag").orElseThrow();
        assertThat(tag).startsWith("W/\"1-");
        assertThat(server.send(server.request("/v1/deployments/web/scale")
                                .headers("Content-Type", "application/json", "If-Match", tag)
                                .POST(BodyPublishers.ofString("{\"replicas\":2}")))
                        .statusCode())
                .isEqualTo(202);
        assertThat(server.orchestrator.commands).containsExactly(new Command.Scale("web", 2, 1));
    }

    @Test
    void aListIsReadPageByPage() throws Exception {
        deploy("a", "b", "c", "d", "e");
        List<String> read = new ArrayList<>();
        String path = "/v1/deployments?limit=2";
        int pages = 0;
        while (!path.isEmpty()) {
            HttpResponse<String> page = get(path);
            JsonNode body = json(page);
            body.get("deployments").forEach(each -> read.add(each.get("name").asText()));
            String link = page.headers().firstValue("Link").orElse("");
            assertThat(link.isEmpty()).isEqualTo(body.get("next").isNull());
            path = link.replaceAll("^<(.*)>; rel=\"next\"$", "$1");
            pages++;
        }
        assertThat(read).containsExactly("a", "b", "c", "d", "e");
        assertThat(pages).isEqualTo(3);
        assertThat(json(get("/deployments?after=c&limit=1")).get("next").asText())
                .isEqualTo("d");
    }

    @Test
    void withoutAVersionAListIsWholeAsItWas() throws Exception {
        deploy("a", "b");
        assertThat(json(get("/deployments")).has("next")).isFalse();
        assertThat(json(get("/v1/deployments")).get("next").isNull()).isTrue();
    }

    @Test
    void nodesAndHostsWithoutAnAgentAreOneList() throws Exception {
        server.orchestrator.node("n2", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        JsonNode first = json(get("/v1/nodes?limit=1"));
        assertThat(first.at("/nodes/0/id").asText()).isEqualTo("n1");
        assertThat(json(get("/v1/nodes?limit=5&after=" + first.get("next").asText()))
                        .at("/nodes/0/id")
                        .asText())
                .isEqualTo("n2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "limit=", "limit=-1", "after="})
    void aPageThatCantBeIsRefused(String query) throws Exception {
        assertThat(get("/v1/deployments?" + query).statusCode()).isEqualTo(400);
        assertThat(get("/nodes?" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void everyAnswerHasAnIdThatProblemsSayToo() throws Exception {
        String made = get("/ping").headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(get("/ping").headers().firstValue("X-Request-Id"))
                .isPresent()
                .isNotEqualTo(made);
        HttpResponse<String> none = get("/nothing", "X-Request-Id", "job-42/a");
        assertThat(none.headers().firstValue("X-Request-Id")).hasValue("job-42/a");
        assertThat(json(none).get("request_id").asText()).isEqualTo("job-42/a");
    }

    @ParameterizedTest
    @CsvSource({"'a b'", "'-a'", "'\"'", "'ä'"})
    void anIdThatIsNotWellFormedIsNotTaken(String id) throws Exception {
        assertThat(get("/ping", "X-Request-Id", id).headers().firstValue("X-Request-Id"))
                .isPresent()
                .isNotEqualTo(java.util.Optional.of(id));
    }

    @Test
    void aBugIsFoundByTheRequestsId() throws Exception {
        server.orchestrator.broken = new IllegalStateException("thrown on purpose");
        HttpResponse<String> response = server.send(server.request("/deployments")
                .headers("Content-Type", "application/json", "X-Request-Id", "find-me")
                .POST(BodyPublishers.ofString("{\"name\":\"web\",\"image\":\"nginx:1\"}")));
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(json(response).get("detail").asText()).endsWith("under the reference find-me");
    }

    @Test
    void whoTakesGzipGetsIt() throws Exception {
        deploy("web");
        assertThat(get("/ping", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
                .as("what is small")
                .isEmpty();
        assertThat(get("/openapi.json", "Accept-Encoding", "gzip;q=0, br")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
        assertThat(get("/dashboard", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
                .as("it has a secret in it")
                .isEmpty();
        for (String path : List.of("/v1/deployments", "/openapi.json", "/metrics")) {
            HttpResponse<byte[]> packed = server.client.send(
                    server.request(path).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
            assertThat(packed.headers().firstValue("Content-Encoding")).as(path).hasValue("gzip");
            String unpacked = new String(
                    new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes(),
                    StandardCharsets.UTF_8);
            assertThat(unpacked).startsWith(get(path).body().substring(0, 20));
            assertThat(get(path).headers().firstValue("Content-Encoding")).isEmpty();
        }
    }

    @Test
    void whoComesAtABadTimeIsToldWhenToComeAgain() throws Exception {
        for (ErrorCode code : List.of(ErrorCode.BUSY, ErrorCode.STORE_UNAVAILABLE, ErrorCode.TRANSPORT_UNAVAILABLE)) {
            server.orchestrator.gate = Future.failedFuture(new KnitException(code, "not now"));
            HttpResponse<String> response = server.post("/deployments", "{\"name\":\"web\",\"image\":\"nginx:1\"}");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After"))
                    .as(code.name())
                    .hasValue("1");
        }
    }

    /** Also when a browser asks first whether it may. */
    @Test
    void noOtherSiteMayReadIt() throws Exception {
        deploy("web");
        for (String method : List.of("GET", "OPTIONS")) {
            for (String path : List.of("/v1/deployments", "/deployments/web", "/nothing")) {
                HttpResponse<String> response = server.send(server.request(path)
                        .headers("Origin", "https://elsewhere.example", "Access-Control-Request-Method", "POST")
                        .method(method, BodyPublishers.noBody()));
                assertThat(response.headers().map().keySet())
                        .as(method + " " + path)
                        .noneMatch(
                                name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control-"));
            }
        }
        assertThat(server.send(server.request("/v1/deployments/web")
                                .header("Origin", "https://elsewhere.example")
                                .DELETE())
                        .statusCode())
                .isEqualTo(403);
    }

    /** Each right is asked for under either path; an answer of another kind would be a way around it. */
    @Test
    void theVersionIsNoWayAroundWhoMay() throws Exception {
        try (ApiServer guarded = new ApiServer(HttpLimits.forHeap(1L << 30), true)) {
            for (Map.Entry<String, String> route : Routes.PATHS.entrySet()) {
                for (String method : route.getValue().split(", ")) {
                    String at = route.getKey().replaceAll(":\\w+", "x");
                    int plain = guarded.send(guarded.request(at).method(method, BodyPublishers.noBody()))
                            .statusCode();
                    int versioned = guarded.send(guarded.request("/v1" + at).method(method, BodyPublishers.noBody()))
                            .statusCode();
                    assertThat(versioned).as(method + " " + at).isEqualTo(plain);
                    assertThat(plain).as(method + " " + at).isIn(OPEN.contains(at) ? List.of(200) : List.of(401));
                }
            }
        }
    }
}
