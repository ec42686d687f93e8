package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Absence;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.Liveness;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Reservation;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Testimony;
import io.knit.api.spi.Cores;
import io.knit.core.server.Fixtures;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpApiTest {
    private static final String SEED = """
            {
              "name": "nginx-eu-api",
              "image": "nginx:latest",
              "node_selector": {"region": "eu", "role": "api"},
              "ports": [{"host_ip": "10.54.0.15", "host_port": 8080, "container_port": 80}],
              "templates": [
                {
                  "destination": "/usr/share/nginx/html/index.html",
                  "content": "<h1>Hello from Knit</h1><p>Rendered by agent.</p>"
                }
              ]
            }
            """;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void takesTheSeedToTheLetter() throws Exception {
        HttpResponse<String> response = server.post("/deployments", SEED);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        assertThat(response.headers().firstValue("Location")).contains("/deployments/nginx-eu-api");
        assertThat(server.orchestrator.accepted)
                .containsExactly(DeploymentSpec.builder("nginx-eu-api", "nginx:latest")
                        .nodeSelector("region", "eu")
                        .nodeSelector("role", "api")
                        .port(new PortSpec("10.54.0.15", 8080, 80, Protocol.TCP))
                        .template(
                                "/usr/share/nginx/html/index.html", "<h1>Hello from Knit</h1><p>Rendered by agent.</p>")
                        .build());
        JsonNode body = json(response);
        assertThat(body.path("name").asText()).isEqualTo("nginx-eu-api");
        assertThat(body.path("revision").asInt()).isEqualTo(1);
        assertThat(body.path("status").asText()).isEqualTo("pending");
        assertThat(body.path("instances").isArray()).isTrue();
    }

    @Test
    void takesEveryField() throws Exception {
        HttpResponse<String> response = server.post("/deployments", """
                {"name": "a", "image": "r.example:5000/x/y:1@sha256:%s", "command": ["/bin/x"], "args": ["-v", ""],
                 "env": {"A": "1", "B": ""}, "labels": {"team": "x"}, "replicas": 3, "pull": "never",
                 "registry_auth": {"username": "u", "password": "sesame"},
                 "ports": [{"host_ip": "mesh", "container_port": 53, "protocol": "udp"}, {"container_port": 80},
                           {"container_port": 80, "host_port": 81, "host_ip": "::1"}]}
                """.formatted("0".repeat(64)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        DeploymentSpec spec = server.orchestrator.accepted.get(0);
        assertThat(spec.command()).containsExactly("/bin/x");
        assertThat(spec.args()).containsExactly("-v", "");
        assertThat(spec.env()).isEqualTo(Map.of("A", "1", "B", ""));
        assertThat(spec.replicas()).isEqualTo(3);
        assertThat(spec.pull()).isEqualTo(PullPolicy.NEVER);
        assertThat(spec.ports())
                .containsExactly(
                        new PortSpec("mesh", 0, 53, Protocol.UDP),
                        new PortSpec(null, 0, 80, Protocol.TCP),
                        new PortSpec("::1", 81, 80, Protocol.TCP));
        for (String body : List.of(
                response.body(),
                server.get("/deployments/a").body(),
                server.get("/deployments").body())) {
            assertThat(body)
                    .contains("\"username\":\"u\"")
                    .doesNotContain("sesame")
                    .doesNotContain("password");
        }
    }

    @Test
    void showsAndForgetsDeployments() throws Exception {
        server.orchestrator.put(
                DeploymentSpec.builder("web", "nginx:1").build(),
                DeploymentStatus.RUNNING,
                List.of(Instance.pending(
                                "web-0-x", "web", 1, 0, 0, List.of(), FakeOrchestrator.NOW, "", FakeOrchestrator.NOW)
                        .placedOn(
                                "n1",
                                List.of(new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP)),
                                FakeOrchestrator.NOW)));

        JsonNode instance =
                json(server.get("/deployments/web")).path("instances").path(0);
        assertThat(instance.path("state").asText()).isEqualTo("assigned");
        assertThat(instance.path("node").asText()).isEqualTo("n1");
        assertThat(instance.path("ports").path(0).path("host_port").asInt()).isEqualTo(8080);
        assertThat(instance.path("changed_at").asText()).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(json(server.get("/deployments")).path("deployments").size()).isEqualTo(1);

        HttpResponse<String> deleted =
                server.send(server.request("/deployments/web").DELETE());
        assertThat(deleted.statusCode()).isEqualTo(202);
        assertThat(json(deleted).path("status").asText()).isEqualTo("deleting");
        HttpResponse<String> again =
                server.send(server.request("/deployments/web").DELETE());
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(json(again).path("code").asText()).isEqualTo("not_found");
        assertThat(server.get("/deployments/web").statusCode()).isEqualTo(404);
    }

    @Test
    void listsNodesAndWhatIsOnlyDiscoveredButNoIdentity() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of("region", "eu"), "", "");
        server.orchestrator.peer("key-n1", "same-host", "10.54.0.10");
        server.orchestrator.peer("key-other", "other", "10.54.0.20");

        HttpResponse<String> response = server.get("/nodes");

        JsonNode nodes = json(response).path("nodes");
        assertThat(nodes).hasSize(2);
        assertThat(nodes.path(0).path("labels").path("region").asText()).isEqualTo("eu");
        assertThat(nodes.path(0).path("capacity").path("memory_bytes").asLong()).isEqualTo(8L << 30);
        assertThat(nodes.path(1).path("state").asText()).isEqualTo("discovered");
        assertThat(nodes.path(1).path("hostname").asText()).isEqualTo("other");
        assertThat(response.body()).doesNotContain("identity");
    }

    @Test
    void showsOfANodeWhatEachWitnessSaysAlsoWhereTheyDisagree() throws Exception {
        server.orchestrator.node("n1", NodeState.SUSPECT, Map.of(), "", "its agent is silent");
        Instant heard = FakeOrchestrator.NOW;
        server.orchestrator.witnesses.put(
                "n1",
                new Liveness(
                        List.of(
                                new Testimony(Witness.HEARTBEAT, false, heard, "no heartbeat for 20 s"),
                                new Testimony(
                                        Witness.MESH,
                                        true,
                                        heard.plusSeconds(15),
                                        "the mesh heard of the host 5 s ago")),
                        new Absence(heard, heard.plusSeconds(60), true),
                        Duration.ofSeconds(-7)));

        JsonNode one = json(server.get("/nodes/n1"));
        assertThat(one.path("seen_by").toString())
                .isEqualTo(
                        "[{\"witness\":\"heartbeat\",\"alive\":false,\"at\":\"2026-11-23T12:00:00Z\",\"words\":\"no heartbeat for 20 s\"},"
                                + "{\"witness\":\"mesh\",\"alive\":true,\"at\":\"2026-11-23T12:00:15Z\",\"words\":\"the mesh heard of the host 5 s ago\"}]");
        assertThat(one.path("silent_since").asText()).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(one.path("clock_ahead_ms").asText()).isEqualTo("-7000");
        assertThat(json(server.get("/nodes")).at("/nodes/0")).isEqualTo(one);
        assertThat(server.get("/nodes/n1?dry_run=true").statusCode()).isEqualTo(400);
        HttpResponse<String> none = server.get("/nodes/n9");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("\"code\":\"not_found\"");
    }

    @ParameterizedTest(name = "with {0} cores and {1} bytes set aside {2} and {3} are free")
    @CsvSource({"0, 0, 3.9, 8321499136", "3500, 1073741824, 0.4, 7247757312", "4000, 0, 0, 8321499136"})
    void showsWhatIsFreeOfANode(int cpu, long memory, String freeCpu, long freeMemory) throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        Instance there = Fixtures.pending("web-0-a", "web", 1, 0)
                .placedOn("n1", List.of(), new Reservation(cpu, memory, 0), FakeOrchestrator.NOW);
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1").build(), DeploymentStatus.RUNNING, List.of(there));

        JsonNode node = json(server.get("/nodes/n1"));
        assertThat(node.at("/capacity/cpus").asInt()).isEqualTo(4);
        assertThat(node.at("/capacity/memory_bytes").asLong()).isEqualTo(8L << 30);
        assertThat(node.at("/reserve/cpu").asText()).isEqualTo("0.1");
        assertThat(node.at("/reserve/memory_bytes").asLong()).isEqualTo(256L << 20);
        assertThat(node.at("/reserved/cpu").decimalValue()).isEqualByComparingTo(Cores.decimal(cpu));
        assertThat(node.at("/reserved/memory_bytes").asLong()).isEqualTo(memory);
        assertThat(node.at("/free/cpu").asText()).isEqualTo(freeCpu);
        assertThat(node.at("/free/memory_bytes").asLong()).isEqualTo(freeMemory);
        assertThat(node.path("instances").asInt()).isEqualTo(1);
    }

    @Test
    void forgetsANodeThatIsDown() throws Exception {
        server.orchestrator.node("n1", NodeState.DOWN, Map.of(), "", "no heartbeat for 12 s");
        server.orchestrator.node("n2", NodeState.READY, Map.of(), "", "");
        HttpResponse<String> gone = server.send(server.request("/nodes/n1").DELETE());
        assertThat(gone.statusCode()).isEqualTo(200);
        assertThat(gone.body()).contains("\"id\":\"n1\"").doesNotContain("identity");
        assertThat(server.get("/nodes").body()).doesNotContain("\"n1\"");
        assertThat(server.send(server.request("/nodes/n1").DELETE()).statusCode())
                .isEqualTo(404);
        HttpResponse<String> refused = server.send(server.request("/nodes/n2").DELETE());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("\"code\":\"in_use\"");
        assertThat(server.get("/nodes/n1").statusCode()).isEqualTo(404);
    }

    @Test
    void answersPingHealthAndReadiness() throws Exception {
        assertThat(server.get("/ping").body()).isEqualTo("{\"message\":\"pong\"}");
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        server.orchestrator.ready = false;
        assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void aBugIsToldOnlyByReference() throws Exception {
        server.orchestrator.broken = new IllegalStateException("secret detail");
        HttpResponse<String> response = server.post("/deployments", SEED);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(json(response).path("code").asText()).isEqualTo("internal");
        assertThat(response.body())
                .contains("reference")
                .doesNotContain("secret")
                .doesNotContain("Exception");
    }

    @Test
    void whatFailsOutsideIsToldAsThat() throws Exception {
        server.orchestrator.broken = new KnitException(ErrorCode.STORE_UNAVAILABLE, "the disk is full; free some");
        HttpResponse<String> response = server.post("/deployments", SEED);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(json(response).path("detail").asText()).isEqualTo("the disk is full; free some");
        assertThat(json(response).path("retryable").asBoolean()).isTrue();
    }

    @Test
    void aPortInUseIsToldInWords() {
        assertThatThrownBy(() -> HttpApi.start(server.vertx, "127.0.0.1", server.api.port(), server.orchestrator)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                .hasMessageContaining("127.0.0.1:" + server.api.port())
                .hasMessageContaining("--http-addr");
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.1:8080 is no address of this machine", "nowhere.invalid, the name nowhere.invalid"})
    void anAddressThatThisMachineHasNotYetIsToldInWords(String host, String words) {
        assertThatThrownBy(() -> HttpApi.start(server.vertx, host, 8080, server.orchestrator)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE))
                .hasMessageContaining(words);
    }

    @Test
    void templatesSurviveUntouched() throws Exception {
        server.post(
                "/deployments",
                "{\"name\":\"a\",\"image\":\"x:1\",\"templates\":[{\"destination\":\"/a\",\"content\":\"\\u00e9 {{ node.id }}\\n\"}]}");
        assertThat(server.orchestrator.accepted.get(0).templates())
                .containsExactly(new TemplateSpec("/a", "é {{ node.id }}\n"));
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }
}
