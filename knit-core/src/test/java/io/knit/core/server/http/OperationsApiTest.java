package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Observed;
import io.knit.api.model.RevisionView;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation of the REST API gives the command that it says. */
class OperationsApiTest {
    private static final DeploymentSpec SPEC = DeploymentSpec.builder("web", "nginx:1")
            .registryAuth("me", "a password")
            .build();

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of());
        server.orchestrator.node("n1", NodeState.READY, Map.of("region", "eu"), "", "");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, @Nullable String body, String... headers)
            throws Exception {
        var request = server.request(path)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return server.send(request);
    }

    private Command<?> commanded(String path, @Nullable String body, String... headers) throws Exception {
        server.orchestrator.commands.clear();
        HttpResponse<String> answer = send("POST", path, body, headers);
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 202);
        assertThat(server.orchestrator.commands).hasSize(1);
        return server.orchestrator.commands.get(0);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    @DisplayName("a deployment is rolled back, scaled, restarted, paused and resumed")
    void deployment() throws Exception {
        assertThat(commanded("/deployments/web/rollback", null)).isEqualTo(new Command.Rollback("web", null, null));
        assertThat(commanded("/deployments/web/rollback", "{\"revision\":3}", "If-Match", "7"))
                .isEqualTo(new Command.Rollback("web", 3, 7));
        assertThat(commanded("/deployments/web/scale", "{\"replicas\":12}", "If-Match", "7"))
                .isEqualTo(new Command.Scale("web", 12, 7));
        assertThat(commanded("/deployments/web/restart", null)).isEqualTo(new Command.Restart("web", false, null));
        assertThat(commanded("/deployments/web/restart", "{\"pull\":true}"))
                .isEqualTo(new Command.Restart("web", true, null));
        assertThat(commanded("/deployments/web/pause", "{}", "If-Match", "7")).isEqualTo(new Command.Pause("web", 7));
        assertThat(commanded("/deployments/web/resume", null)).isEqualTo(new Command.Resume("web", null));
        assertThat(server.orchestrator.callers).extracting(Caller::name).containsOnly("anonymous");
    }

    @Test
    @DisplayName("the answer waits until it has settled where that is asked")
    void waits() throws Exception {
        assertThat(send("POST", "/deployments/web/scale", "{\"replicas\":1}").statusCode())
                .isEqualTo(202);
        assertThat(send("POST", "/deployments/web/scale?wait=1m", "{\"replicas\":1}")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/deployments/web/rollback",
                "/deployments/web/scale",
                "/deployments/web/restart",
                "/deployments/web/pause",
                "/deployments/web/resume",
                "/nodes/n1/drain",
                "/nodes/n1/pause",
                "/nodes/n1/activate"
            })
    @DisplayName("a dry run is foretold, and nothing is run; another method or type is refused")
    void foretold(String path) throws Exception {
        String body = path.endsWith("scale") ? "{\"replicas\":1}" : null;
        HttpResponse<String> plan = send("POST", path + "?dry_run=true", body);
        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(json(plan).get("steps")).isNotEmpty();
        assertThat(send("PUT", path, null).statusCode()).isEqualTo(405);
        assertThat(send("POST", path, null, "Content-Type", "application/x-www-form-urlencoded")
                        .statusCode())
                .isEqualTo(415);
        assertThat(send("POST", path + "?force=true", body).body()).contains("unknown_parameter");
        HttpResponse<String> foreign = send("POST", path, body, "Origin", "http://evil.example");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.body()).contains("pass the Host header on as it came");
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/deployments/web/rollback | {'revision':'3'} | wrong_type    | /revision",
                "/deployments/web/rollback | {'revison':3}    | unknown_field | /revison",
                "/deployments/web/rollback | []               | wrong_type    | ''",
                "/deployments/web/scale    | {}               | missing_field | /replicas",
                "/deployments/web/scale    | {'replicas':1.5} | wrong_type    | /replicas",
                "/deployments/web/scale    | {'replicas':null}| wrong_type    | /replicas",
                "/deployments/web/restart  | {'pull':'yes'}   | wrong_type    | /pull",
                "/deployments/web/move     | {'to':'n2'}      | missing_field | /slot",
                "/deployments/web/move     | {'slot':'0'}     | missing_field | /to",
                "/deployments/web/move     | {'slot':'','to':'n2'} | invalid_value | /slot",
                "/deployments/web/move     | {'slot':'0','to':''} | invalid_value | /to",
                "/deployments/web/move     | {'slot':0,'to':'n2'} | wrong_type | /slot",
                "/deployments/web/move     | {'slot':'0','to':null} | wrong_type | /to",
                "/deployments/web/move     | {'slot':'0','to':'n2','copy':1} | unknown_field | /copy",
                "/deployments/web/pause    | {'until':'noon'} | unknown_field | /until",
                "/deployments/web/resume   | nothing          | not_json      | ''",
                "/nodes/n1/pause           | {'deadline':'5m'}| unknown_field | /deadline",
                "/rebalance                | {'max_moves':'3'}| wrong_type    | /max_moves",
                "/rebalance                | {'dry_run':1}    | wrong_type    | /dry_run",
                "/rebalance                | {'moves':3}      | unknown_field | /moves",
                "/nodes/n1/drain           | {'deadline':300} | wrong_type    | /deadline",
                "/nodes/n1/drain           | {'deadline':'0s'}| invalid_value | /deadline",
                "/nodes/n1/drain           | {'deadline':'5'} | invalid_value | /deadline",
                "/nodes/n1/drain           | {'start_first':'yes'} | wrong_type | /start_first",
            })
    @DisplayName("a body is read strictly")
    void strict(String path, String body, String code, String pointer) throws Exception {
        HttpResponse<String> answer = send("POST", path, body.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("code").asText()).isEqualTo(code);
        assertThat(json(answer).get("pointer").asText()).isEqualTo(pointer);
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName(
            "a drain may have a deadline, which is shown; its answer waits until the node is empty, or says what is there")
    void drained() throws Exception {
        assertThat(commanded("/nodes/n1/drain", "{\"deadline\":\"10m\"}"))
                .isEqualTo(new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofMinutes(10)));
        assertThat(json(server.get("/nodes")).at("/nodes/0/drain_deadline").asText())
                .isEqualTo("2026-11-23T12:10:00Z");
        assertThat(server.get("/dashboard").body()).contains("empty by 2026-11-23 12:10:00 UTC");
        assertThat(commanded("/nodes/n1/drain", "{\"start_first\":false}"))
                .isEqualTo(new Command.SetAvailability("n1", Availability.DRAINED, null, false));
        assertThat(json(server.get("/nodes")).at("/nodes/0/drain_start_first").isBoolean())
                .isTrue();
        assertThat(send("POST", "/nodes/n1/drain?wait=1m", null).statusCode()).isEqualTo(200);

        Instance there = instance("web-0-a", "n1", "").with(running());
        Instance next = instance("web-0-b", null, "no node fits");
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of(there, next));
        HttpResponse<String> answer = send("POST", "/nodes/n1/drain?wait=50ms", null);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).get("id").asText()).isEqualTo("n1");
        assertThat(json(answer).get("unsettled").asText())
                .isEqualTo("it has not settled within 50ms: 1 instance is still there: web-0-a (web-0-b is to take its"
                        + " place, and is pending: no node fits)");

        CompletableFuture<HttpResponse<String>> patient = server.client.sendAsync(
                server.request("/nodes/n1/drain?wait=1m")
                        .POST(BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of());
        server.orchestrator.event("instance.stopped", "web", "web-0-a", "n1", "web-0-a is stopped on n1");
        assertThat(patient.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(server.orchestrator.listeners).isEmpty();
    }

    @Test
    @DisplayName("a rebalancing says what moves, and with dry_run, in the query or the body, only what would")
    void rebalanced() throws Exception {
        assertThat(commanded("/rebalance", null)).isEqualTo(new Command.Rebalance(10));
        assertThat(commanded("/rebalance", "{\"max_moves\":3,\"dry_run\":false}"))
                .isEqualTo(new Command.Rebalance(3));
        HttpResponse<String> answer = send("POST", "/rebalance", null);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body())
                .isEqualTo("{\"moves\":[{\"deployment\":\"web\",\"instance\":\"web-0-a\",\"from\":\"n1\",\"to\":\"n2\","
                        + "\"reason\":\"n2 has 0 of web, and n1 1\"}],\"whole\":true,\"words\":\"1 instance moves\"}");
        server.orchestrator.commands.clear();
        assertThat(json(send("POST", "/rebalance", "{\"dry_run\":true}"))
                        .get("command")
                        .asText())
                .isEqualTo("rebalance with at most 10 moves");
        assertThat(json(send("POST", "/rebalance?dry_run=true", null)).get("steps"))
                .isNotEmpty();
        HttpResponse<String> waited = send("POST", "/rebalance?wait=1s", "{\"dry_run\":true}");
        assertThat(waited.statusCode()).isEqualTo(400);
        assertThat(json(waited).get("detail").asText()).contains("leave out wait");
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("nobody waits for a drained node that is activated, forgotten or down")
    void drainedInVain() throws Exception {
        server.orchestrator.node("n2", NodeState.DOWN, Map.of(), "", "");
        Instance there = instance("web-0-a", "n2", "").with(running());
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of(there, instance("web-1-a", "n1", "")));
        assertThat(json(send("POST", "/nodes/n2/drain?wait=1m", null))
                        .get("unsettled")
                        .asText())
                .contains("it is down");
        CompletableFuture<HttpResponse<String>> patient = server.client.sendAsync(
                server.request("/nodes/n1/drain?wait=1m")
                        .POST(BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        send("POST", "/nodes/n1/activate", null);
        server.orchestrator.event("node.active", null, null, "n1", "n1 is activated");
        assertThat(json(patient.get(10, TimeUnit.SECONDS)).get("unsettled").asText())
                .contains("it is active now");
    }

    private static Instance instance(String id, @Nullable String node, String reason) {
        Instance pending =
                Instance.pending(id, "web", 1, 0, 0, List.of(), FakeOrchestrator.NOW, reason, FakeOrchestrator.NOW);
        return node == null ? pending : pending.placedOn(node, List.of(), FakeOrchestrator.NOW);
    }

    private static Observed running() {
        return new Observed(InstanceState.RUNNING, "", 0, false, 1, FakeOrchestrator.NOW);
    }

    @Test
    @DisplayName("a node is drained, paused, activated and labelled")
    void node() throws Exception {
        assertThat(commanded("/nodes/n1/drain", null))
                .isEqualTo(new Command.SetAvailability("n1", Availability.DRAINED));
        assertThat(commanded("/nodes/n1/pause", null))
                .isEqualTo(new Command.SetAvailability("n1", Availability.PAUSED));
        assertThat(json(server.get("/nodes")).at("/nodes/0/availability").asText())
                .isEqualTo("paused");
        assertThat(commanded("/nodes/n1/activate", "{}"))
                .isEqualTo(new Command.SetAvailability("n1", Availability.ACTIVE));
        server.orchestrator.commands.clear();
        HttpResponse<String> labelled = send("PATCH", "/nodes/n1", "{\"labels\":{\"rack\":\"7\",\"region\":null}}");
        assertThat(json(labelled).at("/labels/rack").asText()).isEqualTo("7");
        Map<String, @Nullable String> labels = new HashMap<>();
        labels.put("rack", "7");
        labels.put("region", null);
        assertThat(server.orchestrator.commands).containsExactly(new Command.LabelNode("n1", labels));
        assertThat(send("POST", "/nodes/n9/drain", null).statusCode()).isEqualTo(404);
        assertThat(send("POST", "/nodes/n1/drain", null, "If-Match", "3").body())
                .contains("no revisions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                    | missing_field | /labels",
                "{'labels':[]}         | wrong_type    | /labels",
                "{'labels':{'a':1}}    | wrong_type    | /labels/a",
                "{'labels':null}       | wrong_type    | /labels",
                "{'label':{}}          | unknown_field | /label",
                "{'labels':{},'labels':{}} | not_json  | ''",
            })
    @DisplayName("labels are read strictly")
    void strictLabels(String body, String code, String pointer) throws Exception {
        HttpResponse<String> answer = send("PATCH", "/nodes/n1", body.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("code").asText()).isEqualTo(code);
        assertThat(json(answer).get("pointer").asText()).isEqualTo(pointer);
        assertThat(send("PATCH", "/nodes/n1", null).statusCode()).isEqualTo(415);
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("revisions are listed, shown without secrets, and compared")
    void revisions() throws Exception {
        server.orchestrator.revisions = List.of(
                new RevisionView("web", 3, SPEC, FakeOrchestrator.NOW, "ann", "scale web to 1", true, 1, "sha256:ab"),
                new RevisionView("web", 1, SPEC, null, "", "", false, 0, null));
        JsonNode list = json(server.get("/deployments/web/revisions")).get("revisions");
        assertThat(list).hasSize(2);
        assertThat(list.get(0).toString())
                .isEqualTo(
                        "{\"number\":3,\"created_at\":\"2026-11-23T12:00:00Z\",\"by\":\"ann\","
                                + "\"command\":\"scale web to 1\",\"image\":\"nginx:1\",\"image_digest\":\"sha256:ab\",\"replicas\":1,\"present\":true,\"instances\":1}");
        assertThat(list.get(1).get("created_at").isNull()).isTrue();
        assertThat(list.get(1).get("image_digest").isNull()).isTrue();

        HttpResponse<String> shown = server.get("/deployments/web/revisions/1");
        assertThat(json(shown).at("/spec/image").asText()).isEqualTo("nginx:1");
        assertThat(shown.body()).doesNotContain("a password");
        for (String none : List.of("2", "01", "x", "-1")) {
            HttpResponse<String> missing = server.get("/deployments/web/revisions/" + none);
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).contains("kept are 3, 1");
        }
        assertThat(server.get("/deployments/none/revisions").statusCode()).isEqualTo(404);

        assertThat(json(server.get("/deployments/web/diff")).toString())
                .isEqualTo("{\"from\":1,\"to\":3,\"diff\":[{\"field\":\"/replicas\",\"before\":1,\"after\":3}]}");
        assertThat(json(server.get("/deployments/web/diff?from=3&to=1"))
                        .get("from")
                        .asInt())
                .isEqualTo(3);
        assertThat(server.get("/deployments/web/diff?to=1").statusCode()).isEqualTo(404);
        assertThat(server.get("/deployments/web/diff?from=0").body()).contains("invalid_value");
    }

    @Test
    @DisplayName("every change of what has no revisions refuses terms that it would pass over")
    void unrevised() throws Exception {
        Set<String> passed = new TreeSet<>();
        for (Map.Entry<String, String> path : Routes.PATHS.entrySet()) {
            for (String method : path.getValue().split(", ")) {
                boolean reads = method.equals("GET") || method.equals("HEAD");
                if (!reads && !Routes.WITH_REVISION.contains(method + " " + path.getKey())) {
                    String there = path.getKey().replaceAll(":[a-z]+", "n1").replace("/*", "/x");
                    for (String header : List.of("If-Match", "If-None-Match")) {
                        HttpResponse<String> answer = send(method, there, "{}", header, "*");
                        if (answer.statusCode() != 400 || !answer.body().contains("no revisions")) {
                            passed.add(method + " " + path.getKey() + " " + header + ": " + answer.statusCode());
                        }
                    }
                }
            }
        }
        assertThat(passed).isEmpty();
        assertThat(server.orchestrator.commands).isEmpty();
    }
}
