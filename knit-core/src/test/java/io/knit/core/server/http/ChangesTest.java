package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.Update;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a change may be asked for: only to see it, for a revision, and with an answer that waits. */
class ChangesTest {
    private static final String WEB = "{\"name\":\"web\",\"image\":\"nginx:1\"}";
    private static final DeploymentSpec SPEC =
            DeploymentSpec.builder("web", "nginx:1").build();

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("a dry run is answered with the plan, and nothing is run")
    void dryRun() throws Exception {
        HttpResponse<String> answer = server.post("/deployments?dry_run=true", WEB);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode plan = json(answer);
        assertThat(plan.get("command").asText()).isEqualTo("deploy web");
        assertThat(plan.get("state").asLong()).isEqualTo(7);
        assertThat(plan.get("diff").toString())
                .isEqualTo("[{\"field\":\"/replicas\",\"before\":1,\"after\":2},"
                        + "{\"field\":\"/env/A\",\"before\":null,\"after\":\"b\"}]");
        assertThat(plan.get("steps").get(0).get("action").asText()).isEqualTo("replace");
        assertThat(plan.get("steps").get(0).get("to").asText()).isEqualTo("n2");
        assertThat(plan.get("steps").get(0).get("downtime").toString())
                .isEqualTo("{\"seconds\":12.5,\"words\":\"stopping takes at most its grace of 10s\"}");
        assertThat(plan.get("services").toString())
                .isEqualTo("[{\"deployment\":\"web\",\"healthy\":3,\"at_worst\":2,\"downtime\":{\"seconds\":null,"
                        + "\"words\":\"until a node fits\"}}]");
        assertThat(delete("/deployments/web?dry_run=true").body()).contains("undeploy web");
        assertThat(delete("/nodes/n1?dry_run=true").body()).contains("forget node n1");
        assertThat(server.orchestrator.commands).isEmpty();

        assertThat(server.post("/deployments?dry_run=false", WEB).statusCode()).isEqualTo(202);
        assertThat(server.orchestrator.commands).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "dry_run=yes, dry_run",
        "dry_run=, dry_run",
        "wait=abc, wait",
        "wait=0s, wait",
        "wait=-1s, wait",
        "wait=11m, wait",
        "wait=90, wait",
        "wait=1s&dry_run=true, dry run",
    })
    @DisplayName("what is not understood is refused, and nothing is done")
    void notUnderstood(String query, String word) throws Exception {
        HttpResponse<String> answer = server.post("/deployments?" + query, WEB);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_value", word);
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"If-Match, \"3\", 3", "If-Match, 3, 3", "If-None-Match, *, 0"})
    @DisplayName("the revision that is meant goes with the command")
    void revision(String header, String value, int meant) throws Exception {
        server.send(request("/deployments", WEB).header(header, value));
        server.send(server.request("/deployments/web").header(header, value).DELETE());
        assertThat(server.orchestrator.commands)
                .containsExactly(new Command.Deploy(SPEC, meant), new Command.Undeploy("web", meant));
    }

    @Test
    @DisplayName("a change to what somebody else has changed meanwhile is 412, and says what there is")
    void changedMeanwhile() throws Exception {
        server.orchestrator.broken = new KnitException(ErrorCode.REVISION_CHANGED, "web has revision 4, not 3");
        HttpResponse<String> answer = server.send(request("/deployments", WEB).header("If-Match", "\"3\""));
        assertThat(answer.statusCode()).isEqualTo(412);
        assertThat(json(answer).get("code").asText()).isEqualTo("revision_changed");
        assertThat(json(answer).get("detail").asText()).isEqualTo("web has revision 4, not 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "W/\"3\"", "\"3\", \"4\"", "\"0\"", "\"x\"", "\"99999999999\""})
    @DisplayName("a revision that is not understood is refused")
    void noRevision(String value) throws Exception {
        HttpResponse<String> answer = server.send(request("/deployments", WEB).header("If-Match", value));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("If-None-Match: *");
        assertThat(server.send(server.request("/nodes/n1")
                                .header("If-Match", "3")
                                .DELETE())
                        .body())
                .contains("no revisions");
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("an answer that waits comes when all of it runs, and keeps no body meanwhile")
    void waits() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments?wait=1m", WEB);
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        Awaitility.await().until(() -> server.get("/metrics").body().contains("knit_http_body_bytes 0\n"));
        server.orchestrator.put(SPEC, DeploymentStatus.DEPLOYING, List.of());
        server.get("/ping");
        assertThat(answer).isNotDone();
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of());

        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(json(answer.get()).get("status").asText()).isEqualTo("running");
        assertThat(server.orchestrator.listeners).isEmpty();
    }

    @Test
    @DisplayName("of a job it comes when it has completed, not when it runs, and says why it failed")
    void waitsForAJob() throws Exception {
        DeploymentSpec job =
                DeploymentSpec.builder("sum", "sum:1").job(JobSpec.DEFAULT).build();
        String body = "{\"name\":\"sum\",\"image\":\"sum:1\",\"mode\":\"job\"}";
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments?wait=1m", body);
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.orchestrator.put(job, DeploymentStatus.RUNNING, List.of());
        server.get("/ping");
        assertThat(answer).isNotDone();
        server.orchestrator.put(job, DeploymentStatus.COMPLETED, List.of());
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

        CompletableFuture<HttpResponse<String>> failing = sent("/deployments?wait=1m", body);
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        JobRun run = JobRun.begin(1, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                .in(JobRun.Phase.FAILED, "sum-0-a on n1: ended with exit code 3", FakeOrchestrator.NOW);
        server.orchestrator.put(
                new Deployment("sum", 1, job, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW).with(run),
                DeploymentStatus.FAILED,
                List.of());
        assertThat(failing.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
        assertThat(json(failing.get()).get("unsettled").asText()).isEqualTo("sum-0-a on n1: ended with exit code 3");
        assertThat(json(failing.get()).get("timed_out")).isEqualTo(BooleanNode.FALSE);
        assertThat(json(failing.get()).get("job").get("phase").asText()).isEqualTo("failed");
    }

    @ParameterizedTest
    @CsvSource({"DEGRADED", "PENDING", "RUNNING"})
    @DisplayName("of what runs by a schedule it comes once that is taken, whatever became of the last run")
    void waitsForNoRun(DeploymentStatus status) throws Exception {
        DeploymentSpec backup = DeploymentSpec.builder("backup", "dump:2")
                .cron(CronSpec.of("30 2 * * *"))
                .build();
        server.orchestrator.put(backup, status, List.of());
        HttpResponse<String> answer =
                sent("/deployments/backup/rollback?wait=1m", "{}").get(10, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).has("unsettled")).isFalse();
    }

    @Test
    @DisplayName("of a job that is paused it comes as soon as nothing of it can end any more")
    void waitsForNoPausedJob() throws Exception {
        Instant now = FakeOrchestrator.NOW;
        DeploymentSpec job =
                DeploymentSpec.builder("sum", "sum:1").job(JobSpec.DEFAULT).build();
        Deployment paused = new Deployment("sum", 2, job, false, now, now, true, Rollout.NONE);
        Instance attempt = Instance.pending("sum-0-a", "sum", 2, 0, 0, List.of(), now, "", now);
        Instance lost = attempt.placedOn("n1", List.of(), now).lost("n1 is down", now);
        server.orchestrator.put(paused, DeploymentStatus.RUNNING, List.of(attempt));
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments/sum/restart?wait=1m", "{}");
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.orchestrator.put(paused, DeploymentStatus.RUNNING, List.of(lost));
        server.get("/ping");
        assertThat(answer).isNotDone();
        server.orchestrator.put(paused, DeploymentStatus.RUNNING, List.of());
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
        assertThat(json(answer.get()).get("unsettled").asText()).startsWith("it is paused: ");
        assertThat(json(answer.get()).get("timed_out")).isEqualTo(BooleanNode.FALSE);
    }

    @Test
    @DisplayName("what does not settle in that time is said, with how it stands")
    void late() throws Exception {
        HttpResponse<String> answer = server.post("/deployments?wait=50ms", WEB);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).get("unsettled").asText()).contains("50ms");
        assertThat(json(answer).get("timed_out")).isEqualTo(BooleanNode.TRUE);
        assertThat(json(answer).get("status").asText()).isEqualTo("pending");
        assertThat(server.orchestrator.listeners).isEmpty();
    }

    @Test
    @DisplayName("what has not settled in time says for which instances it waits, and what keeps them")
    void lateBecauseOf() throws Exception {
        List<Instance> behind = IntStream.range(0, 5)
                .mapToObj(slot -> waits("web-" + slot + "-a", 5, slot, "no node fits"))
                .toList();
        List<Instance> all = new ArrayList<>(behind);
        all.add(waits("web-0-old", 4, 0, "of an older revision"));
        server.orchestrator.put(revision(5, "nginx:1", Rollout.NONE), DeploymentStatus.DEPLOYING, all);
        HttpResponse<String> answer =
                sent("/deployments/web/scale?wait=50ms", "{\"replicas\":5}").get(10, TimeUnit.SECONDS);
        assertThat(json(answer).get("unsettled").asText())
                .isEqualTo(
                        "it has not settled within 50ms: web-0-a is pending: no node fits; web-1-a is pending: no node"
                                + " fits; web-2-a is pending: no node fits; and 2 more");
    }

    private static Instance waits(String id, int revision, int slot, String reason) {
        Instant now = FakeOrchestrator.NOW;
        return Instance.pending(id, "web", revision, slot, 0, List.of(), now, reason, now);
    }

    /** Somebody else's revision 6 comes while the answer to a scale to revision 5 waits; the last rollback was from 3 to 2. */
    @ParameterizedTest
    @CsvSource({
        "3, nginx:1, ''", // an earlier rollback is not this change's
        "5, nginx:0, revision 5 failed",
        "6, nginx:0, revision 6 failed", // with the same container as 5, so 5 failed as well
        "6, nginx:1, ''", // 6 failed, and what it went back to is what was asked for
    })
    @DisplayName("only what went back from the revision that was made, or a later one, is why it has not settled")
    void anEarlierRollback(int from, String image, String unsettled) throws Exception {
        Rollout earlier = Rollout.NONE
                .begin(3, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                .in(Rollout.Phase.ROLLING_BACK, "revision 3 failed", FakeOrchestrator.NOW)
                .done(4, FakeOrchestrator.NOW);
        server.orchestrator.put(revision(5, "nginx:1", earlier), DeploymentStatus.DEPLOYING, List.of());
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments/web/scale?wait=1m", "{\"replicas\":1}");
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        Rollout rollout = from == 3
                ? earlier
                : Rollout.NONE
                        .begin(from, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                        .in(Rollout.Phase.ROLLING_BACK, "revision " + from + " failed", FakeOrchestrator.NOW);
        server.orchestrator.put(revision(7, image, rollout), DeploymentStatus.DEPLOYING, List.of());
        Rollout over = rollout.done(7, FakeOrchestrator.NOW);
        server.orchestrator.put(revision(7, image, over), DeploymentStatus.RUNNING, List.of());

        JsonNode settled = json(answer.get(10, TimeUnit.SECONDS));
        assertThat(settled.path("unsettled").asText()).isEqualTo(unsettled);
        assertThat(answer.get().statusCode()).isEqualTo(unsettled.isEmpty() ? 200 : 202);
    }

    @Test
    @DisplayName("that all of it runs is not the end: the rollout must be over, for until then it may go back")
    void theRolloutsEnd() throws Exception {
        Rollout moving = Rollout.NONE.begin(5, FakeOrchestrator.NOW, FakeOrchestrator.NOW);
        server.orchestrator.put(revision(6, "nginx:1", moving), DeploymentStatus.RUNNING, List.of());
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments/web/scale?wait=1m", "{\"replicas\":1}");
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.get("/ping");
        assertThat(answer).isNotDone();
        Rollout over = moving.done(6, FakeOrchestrator.NOW);
        server.orchestrator.put(revision(6, "nginx:1", over), DeploymentStatus.RUNNING, List.of());
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "CANARY, false, 1 canary is healthy",
        "MOVING, true, it is paused: nothing is replaced until it is resumed",
        "PAUSED, false, revision 6 failed",
    })
    @DisplayName("where a rollout waits for a word, nobody waits for its end")
    void aWordIsAwaited(Rollout.Phase phase, boolean paused, String unsettled) throws Exception {
        String reason = phase == Rollout.Phase.MOVING ? "" : unsettled;
        Rollout stands = Rollout.NONE
                .begin(5, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                .in(phase, reason, FakeOrchestrator.NOW);
        Instant now = FakeOrchestrator.NOW;
        server.orchestrator.put(
                new Deployment("web", 6, revision(6, "nginx:1", stands).spec(), false, now, now, paused, stands),
                DeploymentStatus.DEPLOYING,
                List.of());
        HttpResponse<String> answer =
                sent("/deployments/web/scale?wait=1m", "{\"replicas\":1}").get(10, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).get("unsettled").asText()).isEqualTo(unsettled);
        assertThat(json(answer).get("timed_out")).isEqualTo(BooleanNode.FALSE);
    }

    @Test
    @DisplayName("what is promoted by itself goes on once its canary is back, and is waited for")
    void aCanaryThatIsAway() throws Exception {
        Rollout away = Rollout.NONE
                .begin(5, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                .away(List.of("n1"))
                .in(Rollout.Phase.CANARY, "canary n1 (down) is away", FakeOrchestrator.NOW);
        DeploymentSpec spec = DeploymentSpec.builder("web", "nginx:1")
                .update(Update.DEFAULT.withCanary(1, true))
                .build();
        Instant now = FakeOrchestrator.NOW;
        server.orchestrator.put(
                new Deployment("web", 6, spec, false, now, now, false, away), DeploymentStatus.DEPLOYING, List.of());
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments/web/scale?wait=1m", "{\"replicas\":1}");
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.get("/ping");
        assertThat(answer).isNotDone();
        Rollout over = away.done(6, now);
        server.orchestrator.put(revision(6, "nginx:1", over), DeploymentStatus.RUNNING, List.of());
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"DEGRADED, revision 1 failed", "RUNNING, ''"})
    @DisplayName(
            "a first revision that failed is not waited for; one that runs by now is, until it has for long enough")
    void aFirstRevisionThatFailed(DeploymentStatus then, String unsettled) throws Exception {
        Rollout failed = Rollout.NONE
                .begin(0, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                .failedFor("revision 1 failed");
        server.orchestrator.put(revision(1, "nginx:1", failed), DeploymentStatus.RUNNING, List.of());
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments/web/scale?wait=1m", "{\"replicas\":1}");
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.get("/ping");
        assertThat(answer).isNotDone();
        Rollout rollout = unsettled.isEmpty() ? failed.done(1, FakeOrchestrator.NOW) : failed;
        server.orchestrator.put(revision(1, "nginx:1", rollout), then, List.of());
        JsonNode settled = json(answer.get(10, TimeUnit.SECONDS));
        assertThat(answer.get().statusCode()).isEqualTo(unsettled.isEmpty() ? 200 : 202);
        assertThat(settled.path("unsettled").asText()).isEqualTo(unsettled);
    }

    private static Deployment revision(int number, String image, Rollout rollout) {
        DeploymentSpec spec = DeploymentSpec.builder("web", image).build();
        return new Deployment("web", number, spec, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW, false, rollout);
    }

    static Stream<String> removals() {
        return Routes.PATHS.entrySet().stream()
                .filter(path -> path.getValue().contains("DELETE"))
                .map(path -> path.getKey().replaceAll(":\\w+", "x"))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("removals")
    @DisplayName("what is said in the body of a removal is refused, and nothing is removed")
    void saidInTheBody(String path) throws Exception {
        HttpResponse<String> answer =
                server.send(server.request(path).method("DELETE", BodyPublishers.ofString("{\"dry_run\": true}")));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("code").asText()).isEqualTo("unknown_field");
        assertThat(json(answer).get("detail").asText()).contains("dry_run", "perhaps in the query");
        assertThat(server.send(server.request(path).method("DELETE", BodyPublishers.ofString("dry_run=true")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("a body that says nothing is as good as none")
    void nothingSaid() throws Exception {
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of());
        HttpResponse<String> answer =
                server.send(server.request("/deployments/web").method("DELETE", BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(server.orchestrator.commands).hasSize(1);
    }

    @Test
    @DisplayName("an undeploy is waited for until nothing is left")
    void gone() throws Exception {
        server.orchestrator.put(SPEC, DeploymentStatus.RUNNING, List.of());
        assertThat(delete("/deployments/web?wait=1m").statusCode()).isEqualTo(204);
    }

    @Test
    @DisplayName("nobody waits for a server that stops")
    void stops() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent("/deployments?wait=1m", WEB);
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.api.close();
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
        assertThat(json(answer.get()).get("unsettled").asText()).contains("the server stops");
    }

    @Test
    @DisplayName("who goes away is waited for no more")
    void leaves() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.api.port())) {
            socket.getOutputStream()
                    .write(("POST /deployments?wait=1m HTTP/1.1\r\nHost: 127.0.0.1:" + server.api.port()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + WEB.length()
                                    + "\r\n\r\n"
                                    + WEB)
                            .getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        }
        Awaitility.await().until(() -> server.orchestrator.listeners.isEmpty());
    }

    private HttpRequest.Builder request(String path, String body) {
        return server.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }

    private CompletableFuture<HttpResponse<String>> sent(String path, String body) {
        return server.client.sendAsync(request(path, body).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> delete(String path) throws Exception {
        return server.send(server.request(path).DELETE());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }
}
