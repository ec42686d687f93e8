package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.NodeState;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.http.access.Listening;
import io.knit.core.server.http.connection.ClientRates;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.meter.Meters;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final FakeOrchestrator orchestrator = new FakeOrchestrator();
    private final Vertx vertx = Vertx.vertx();
    private HttpApi api;

    @BeforeEach
    void start() throws Exception {
        Measured broker = () -> List.of(Figure.gauge("knit_fake_clients", "Clients of the fake", 3));
        Measured broken = () -> {
            throw new IllegalStateException("thrown by a component on purpose");
        };
        api = HttpApi.make(
                        vertx,
                        new Listening("127.0.0.1", 0),
                        orchestrator,
                        List.of(broken, broker),
                        Inside.NONE,
                        new ImagePushes(
                                new VertxLoop(vertx), Inside.NONE, List::of, Path.of("target/images"), new RandomIds()),
                        new ClientRates(ClientRates.NONE),
                        new Meters())
                .compose(HttpApi::listen)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        api.close()
                .eventually(() -> vertx.close())
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + api.port() + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void showsTheClusterByItsStates() throws Exception {
        orchestrator.node("eu-1", NodeState.READY, Map.of(), "", "");
        orchestrator.node("eu-2", NodeState.READY, Map.of(), "", "");
        orchestrator.node("us-1", NodeState.DOWN, Map.of(), "", "");
        Instance pending =
                Instance.pending("web-0-x", "web", 1, 0, 0, List.of(), FakeOrchestrator.NOW, "", FakeOrchestrator.NOW);
        orchestrator.put(DeploymentSpec.builder("web", "nginx").build(), DeploymentStatus.PENDING, List.of(pending));

        HttpResponse<String> response = get("/metrics");

        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body().lines())
                .contains(
                        "# TYPE knit_nodes gauge",
                        "knit_nodes{state=\"ready\"} 2",
                        "knit_nodes{state=\"suspect\"} 0",
                        "knit_nodes{state=\"down\"} 1",
                        "knit_deployments{status=\"pending\"} 1",
                        "knit_instances{state=\"pending\"} 1",
                        "knit_instances{state=\"running\"} 0",
                        "knit_ready 1")
                .anyMatch(line -> line.matches("knit_events_total \\d+"))
                .anyMatch(line -> line.matches("knit_commits_total \\d+"));
        assertThat(response.body())
                .as("no name that a user chose")
                .doesNotContain("web")
                .doesNotContain("eu-1");
    }

    @Test
    void showsWhatComponentsMeasureThoughOneFails() throws Exception {
        assertThat(get("/metrics").body()).contains("knit_fake_clients 3").endsWith("\n");
    }

    @Test
    void countsAnswersByTheirKind() throws Exception {
        get("/ping");
        get("/nothing-here");
        get("/ping");
        assertThat(get("/metrics").body())
                .contains("knit_http_requests_total{status=\"2xx\"} 2\n")
                .contains("knit_http_requests_total{status=\"4xx\"} 1\n")
                .contains("knit_http_requests_total{status=\"5xx\"} 0\n");
    }

    @Test
    void saysSoWhenTheServerIsNotReady() throws Exception {
        orchestrator.ready = false;
        assertThat(get("/metrics").body()).contains("knit_ready 0\n");
    }

    @Test
    void showsHowLongAnswersTakeByTheTablesRoutes() throws Exception {
        get("/v1/deployments/web");
        get("/deployments/api");
        get("/nothing/at/all");
        get("/dashboard");
        assertThat(get("/metrics").body().lines())
                .contains(
                        "# TYPE knit_http_request_seconds histogram",
                        "knit_http_request_seconds_count{method=\"GET\",route=\"/deployments/:name\",status=\"4xx\"} 2",
                        "knit_http_request_seconds_count{method=\"GET\",route=\"other\",status=\"4xx\"} 1",
                        "knit_http_request_seconds_count{method=\"GET\",route=\"/dashboard\",status=\"2xx\"} 1")
                .anyMatch(
                        line -> line.startsWith("knit_http_request_seconds_bucket{") && line.contains("le=\"0.005\""));
    }

    @Test
    @DisplayName("what lasts as long as its reader, or a node, takes is in no histogram of how fast the server is")
    void leavesOutWhatLasts() throws Exception {
        try (ApiServer server = new ApiServer()) {
            server.inside.reads = reader -> {
                reader.ended();
                return () -> {};
            };
            assertThat(server.get("/deployments/web/logs?follow=true").statusCode())
                    .isEqualTo(200);
            server.get("/nodes/n1/stats");
            server.get("/nodes");
            assertThat(server.get("/metrics").body())
                    .contains("knit_http_requests_total{status=\"2xx\"} 2\n", "route=\"/nodes\",status=\"2xx\"")
                    .doesNotContain("logs\"", "stats\"");
        }
        assertThat(Routes.PATHS.keySet()).containsAll(Metrics.LASTING);
    }

    @Test
    void noStrangerMakesALabel() throws Exception {
        for (int i = 0; i < 50; i++) {
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + "/made-up-" + i))
                                    .method("MADEUP" + i, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.ofString());
        }
        assertThat(get("/metrics").body().lines().filter(line -> line.startsWith("knit_http_request_seconds_count")))
                .containsExactly("knit_http_request_seconds_count{method=\"OTHER\",route=\"other\",status=\"4xx\"} 50");
    }

    @Test
    void histogramsAreThereBeforeAnythingHappened() throws Exception {
        assertThat(get("/metrics").body())
                .contains(
                        "knit_control_seconds_count 0\n",
                        "knit_schedule_seconds_count 0\n",
                        "knit_commit_seconds_count 0\n",
                        "knit_commit_failures_total 0.0\n",
                        "knit_transport_publish_seconds_count 0\n",
                        "knit_agent_message_seconds_count{kind=\"heartbeat\"} 0\n",
                        "knit_instance_start_seconds_count{phase=\"pulled\"} 0\n",
                        "knit_rollout_seconds_count{outcome=\"rolled_back\"} 0\n");
    }
}
