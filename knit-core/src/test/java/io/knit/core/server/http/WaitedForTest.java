package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Rollout;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What it means that a pause, a rebalancing or an activated node has settled. */
class WaitedForTest {
    private static final Instant NOW = FakeOrchestrator.NOW;
    private static final Rollout MOVING = Rollout.NONE.begin(1, NOW, NOW);

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n2", NodeState.DOWN, Map.of(), "", "no heartbeat");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CompletableFuture<HttpResponse<String>> sent(String path) {
        return server.client.sendAsync(
                server.request(path).POST(BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sent, and not answered yet. */
    private CompletableFuture<HttpResponse<String>> waiting(String path) throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent(path);
        Awaitility.await().until(() -> !server.orchestrator.listeners.isEmpty());
        server.get("/ping");
        assertThat(answer).isNotDone();
        return answer;
    }

    private static void settles(CompletableFuture<HttpResponse<String>> answer, String unsettled) throws Exception {
        HttpResponse<String> settled = answer.get(10, TimeUnit.SECONDS);
        JsonNode json = new ObjectMapper().readTree(settled.body());
        if (unsettled.isEmpty()) {
            assertThat(json.has("unsettled")).as(settled.body()).isFalse();
        } else {
            assertThat(json.path("unsettled").asText()).contains(unsettled);
        }
        assertThat(settled.statusCode()).isEqualTo(unsettled.isEmpty() ? 200 : 202);
    }

    private static Instance instance(String id, String node, Observed observed) {
        return Instance.pending(id, "web", 1, 0, 0, List.of(), NOW, "", NOW)
                .placedOn(node, List.of(), NOW)
                .with(observed);
    }

    private static Observed seen(InstanceState state) {
        return new Observed(state, "", 0, false, 1, NOW);
    }

    private void web(boolean paused, Rollout rollout, DeploymentStatus status, Instance... instances) {
        DeploymentSpec spec = DeploymentSpec.builder("web", "nginx:1").build();
        server.orchestrator.put(
                new Deployment("web", 1, spec, false, NOW, NOW, paused, rollout), status, List.of(instances));
    }

    @Test
    @DisplayName("a pause has settled once nothing that was begun is under way")
    void pause() throws Exception {
        Instance next = instance("web-0-b", "n1", seen(InstanceState.STARTING));
        Instance old = instance("web-0-a", "n1", seen(InstanceState.RUNNING)).stopping("replaced", NOW);
        Instance runs = next.with(seen(InstanceState.RUNNING));
        web(true, MOVING, DeploymentStatus.DEPLOYING, old, next);
        var answer = waiting("/deployments/web/pause?wait=1m");
        web(true, MOVING, DeploymentStatus.RUNNING, old, runs);
        server.get("/ping");
        assertThat(answer).isNotDone();
        web(true, MOVING, DeploymentStatus.RUNNING, runs);
        settles(answer, "");
    }

    @Test
    @DisplayName("a pause that is ended, or of what has failed, is not waited for")
    void pausedInVain() throws Exception {
        Instance next = instance("web-0-b", "n1", seen(InstanceState.STARTING));
        web(true, MOVING, DeploymentStatus.DEPLOYING, next);
        settles(sent("/deployments/web/pause?wait=20ms"), "web-0-b is starting on n1");
        var answer = waiting("/deployments/web/pause?wait=1m");
        web(false, MOVING, DeploymentStatus.DEPLOYING, next);
        settles(answer, "it was resumed meanwhile");
        web(true, MOVING.in(Rollout.Phase.PAUSED, "revision 1 failed", NOW), DeploymentStatus.DEGRADED, next);
        settles(sent("/deployments/web/pause?wait=1m"), "revision 1 failed");
    }

    @Test
    @DisplayName("a rebalancing has settled once what was to move is gone from where it was, and all runs again")
    void rebalance() throws Exception {
        Rollout done = Rollout.NONE.done(1, NOW);
        Instance leaves = instance("web-0-a", "n1", seen(InstanceState.RUNNING)).leaving("n2 has 0 of web");
        Instance next = instance("web-0-b", "n2", seen(InstanceState.RUNNING));
        web(false, done, DeploymentStatus.RUNNING, leaves);
        settles(sent("/rebalance?wait=20ms"), "web-0-a is running on n1");
        var answer = waiting("/rebalance?wait=1m");
        web(false, done, DeploymentStatus.RUNNING, leaves.stopping("elsewhere", NOW), next);
        server.get("/ping");
        assertThat(answer).isNotDone();
        web(false, done, DeploymentStatus.DEPLOYING, next.with(seen(InstanceState.STARTING)));
        server.get("/ping");
        assertThat(answer).isNotDone();
        web(false, done, DeploymentStatus.RUNNING, next);
        settles(answer, "");
        assertThat(answer.get().body()).contains("\"instance\":\"web-0-a\"");
    }

    @Test
    @DisplayName(
            "what is not to move any more, or whose rollout failed, is not waited for; what is undeployed has gone")
    void rebalancedInVain() throws Exception {
        Instance stays = instance("web-0-a", "n1", seen(InstanceState.RUNNING));
        web(false, Rollout.NONE, DeploymentStatus.RUNNING, stays);
        settles(sent("/rebalance?wait=1m"), "web-0-a is to leave n1 no more");
        Rollout failed = MOVING.in(Rollout.Phase.PAUSED, "revision 1 failed", NOW);
        web(false, failed, DeploymentStatus.RUNNING, stays.leaving("better"));
        settles(sent("/rebalance?wait=1m"), "web: revision 1 failed");
        server.orchestrator.undeploy("web");
        settles(sent("/rebalance?wait=1m"), "");
    }

    @Test
    @DisplayName("an activated node has settled once it takes work")
    void activate() throws Exception {
        settles(sent("/nodes/n1/activate?wait=1m"), "");
        settles(sent("/nodes/n2/activate?wait=20ms"), "it is down: no heartbeat");
        var answer = waiting("/nodes/n2/activate?wait=1m");
        sent("/nodes/n2/pause").get(10, TimeUnit.SECONDS);
        server.orchestrator.event("node.paused", null, null, "n2", "n2 is paused");
        settles(answer, "it is paused now");
    }

    @Test
    @DisplayName("what is done with its answer takes no wait")
    void atOnce() throws Exception {
        assertThat(sent("/nodes/n1/pause?wait=1m").get(10, TimeUnit.SECONDS).body())
                .contains("unknown_parameter");
    }
}
