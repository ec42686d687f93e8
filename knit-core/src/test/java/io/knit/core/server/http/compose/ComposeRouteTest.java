package io.knit.core.server.http.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.compose.Compose;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.compose.ComposeStack;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.http.json.ComposeReader;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ComposeRouteTest {
    private static final String TWO = "services: {a: {image: 'web:1'}, b: {image: 'web:1'}}\n";

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.DEPLOYER, "a test", List.of("shop-*")));
        server.orchestrator.tokens.put("one", new Caller("one", Role.DEPLOYER, "a test", List.of("shop-a")));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> post(String token, String type, String query, String body) throws Exception {
        return server.client.send(
                server.request("/compose" + query)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @DisplayName("who may deploy one of a stack and not the other deploys nothing of it")
    void rights() throws Exception {
        HttpResponse<String> refused = post("one", "application/yaml", "?project=shop", TWO);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("shop-b");
        assertThat(server.orchestrator.accepted).isEmpty();

        assertThat(post("all", "application/yaml", "?project=shop", TWO).statusCode())
                .isEqualTo(202);
        assertThat(server.orchestrator.accepted)
                .extracting(DeploymentSpec::name)
                .containsExactly("shop-a", "shop-b");
    }

    @Test
    @DisplayName("folders beside the file are volumes where the body says so, and refused with how to say so where not")
    void foldersAsVolumes() throws Exception {
        String body =
                "{\"file\": \"services: {a: {image: 'web:1', volumes: ['./data:/data']}}\", \"project\": \"shop\"%s}";
        for (String without : List.of("", ", \"folders_as_volumes\": false")) {
            HttpResponse<String> refused = post("all", "application/json", "", body.formatted(without));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("in POST /compose folders_as_volumes");
        }
        HttpResponse<String> taken =
                post("all", "application/json", "", body.formatted(", \"folders_as_volumes\": true"));
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        assertThat(taken.body()).contains("begins empty");
        assertThat(server.orchestrator.accepted)
                .singleElement()
                .satisfies(spec -> assertThat(spec.volumes().get(0).name()).isEqualTo("data"));
        assertThat(post("all", "application/json", "", body.formatted(", \"folders_as_volumes\": 1"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    @DisplayName("a file in another encoding is refused, not read with other letters")
    void notUtf8() throws Exception {
        String file = "services: {a: {image: 'web:1', environment: {PASS: gr\u00fcn}}}\n";
        for (Charset written : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8)) {
            HttpResponse<String> answer = server.client.send(
                    server.request("/compose?project=shop")
                            .header("Authorization", "Bearer all")
                            .header("Content-Type", "application/yaml")
                            .POST(BodyPublishers.ofString(file, written))
                            .build(),
                    BodyHandlers.ofString());
            if (written == StandardCharsets.UTF_8) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
                assertThat(server.orchestrator.accepted)
                        .extracting(spec -> spec.env().get("PASS"))
                        .containsExactly("gr\u00fcn");
            } else {
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body()).contains("invalid_value", "the file is not UTF-8 text");
                assertThat(server.orchestrator.accepted).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("what the caller does not see is not pruned")
    void prunesWhatIsSeen() throws Exception {
        assertThat(post("all", "text/yaml", "?project=shop", TWO).statusCode()).isEqualTo(202);
        String one = "{\"file\":\"services: {a: {image: 'web:1'}}\",\"project\":\"shop\",\"prune\":true}";
        HttpResponse<String> kept = post("one", "application/json", "", one);
        assertThat(kept.statusCode()).isEqualTo(202);
        assertThat(kept.body()).contains("\"removed\":[]");
        assertThat(post("all", "application/json", "", one).body()).contains("\"removed\":[\"shop-b\"]");
        assertThat(server.orchestrator.commands)
                .filteredOn(Command.Undeploy.class::isInstance)
                .hasSize(1);
    }

    @Test
    @DisplayName("nothing is pruned for a file that is refused, however much is to be said of it before")
    void prunesNothing() throws Exception {
        assertThat(post("all", "text/yaml", "?project=shop", TWO).statusCode()).isEqualTo(202);
        String file = "x-u: [" + "$A, ".repeat(250) + "]\\nservices: {a: {image: 'web:1', imagee: b}}";
        HttpResponse<String> refused =
                post("all", "application/json", "", "{\"file\":\"" + file + "\",\"project\":\"shop\",\"prune\":true}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("imagee");
        assertThat(server.orchestrator.commands)
                .filteredOn(Command.Undeploy.class::isInstance)
                .isEmpty();
    }

    @Test
    @DisplayName("what is read of a file has a spec for each of its services, and one at least")
    void noneOfNothing() {
        ComposeStack refused = Compose.read(ComposeSource.of("c", "services: {}"));
        assertThatThrownBy(() -> new ComposeReader.Read(refused, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        ComposeStack two = Compose.read(ComposeSource.of("c", TWO).named("shop"));
        assertThatThrownBy(() -> new ComposeReader.Read(two, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFormOfAnotherSiteIsNoComposeFile() throws Exception {
        assertThat(post("all", "text/plain", "?project=shop", TWO).statusCode()).isEqualTo(415);
        assertThat(post("all", "application/x-www-form-urlencoded", "?project=shop", TWO)
                        .statusCode())
                .isEqualTo(415);
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    @DisplayName("so many files are read at once, and who comes then is told so and asked to come again")
    void busy() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        List<Future<Object>> holding = new ArrayList<>();
        for (int i = 0; i < VertxOptions.DEFAULT_WORKER_POOL_SIZE; i++) {
            holding.add(server.vertx.executeBlocking(
                    () -> {
                        held.await();
                        return "";
                    },
                    false));
        }
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        HttpResponse<String> refused;
        try {
            ExecutorService line = Executors.newCachedThreadPool();
            CompletableFuture<HttpResponse<String>> first = new CompletableFuture<>();
            for (int i = 0; i < 9; i++) {
                CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(this::two, line);
                answer.thenAccept(first::complete);
                answers.add(answer);
            }
            refused = first.get(30, TimeUnit.SECONDS);
        } finally {
            held.countDown();
        }
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("busy", "8 Compose files are being read");
        for (CompletableFuture<HttpResponse<String>> each : answers) {
            assertThat(each.get(30, TimeUnit.SECONDS).statusCode()).isIn(202, 503);
        }
        assertThat(two().statusCode()).as("once they are read").isEqualTo(202);
        // a worker's end is told to its future a moment later
        await().until(() -> holding.stream().allMatch(Future::isComplete));
    }

    private HttpResponse<String> two() {
        try {
            return post("all", "application/yaml", "?project=shop", TWO);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
