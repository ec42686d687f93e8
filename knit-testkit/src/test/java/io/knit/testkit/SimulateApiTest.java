package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.KnitEvent;
import io.knit.core.Incident;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A live server is asked what would happen, as users ask it. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulateApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path dir;

    private final ThreadLoop world = new ThreadLoop("world");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final HttpClient client = HttpClient.newHttpClient();
    private KnitServer server;
    private KnitAgent first;
    private KnitAgent second;

    @BeforeAll
    void start() {
        server = Futures.await(KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(dir.resolve("server"))
                .store(InMemoryStore.open(new InMemoryStorage(), world).result())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build()
                .start());
        first = agent("node-a");
        second = agent("node-b");
        await().until(() -> server.snapshot().nodes().size() == 2);
        Futures.await(server.deploy(DeploymentSpec.builder("nginx-eu-api", "nginx:1.27")
                .replicas(3)
                .env("TOKEN", "a-secret-of-old")
                .registryAuth("me", "a-password")
                .build()));
        Futures.await(server.awaitRunning("nginx-eu-api", Duration.ofSeconds(30)));
    }

    private KnitAgent agent(String id) {
        FakeEngine engine = new FakeEngine(id, world).withImage("nginx:1.27").withImage("nginx:1.28");
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .dataDir(dir.resolve(id))
                .transport(bus.connect(id))
                .runtime(new FakeRuntime(engine, world))
                .discovery(FixedDiscovery.none())
                .build();
        Futures.await(agent.start());
        return agent;
    }

    @AfterAll
    void close() {
        Futures.await(first.close());
        Futures.await(second.close());
        Futures.await(server.close());
        world.close();
    }

    private HttpResponse<String> simulate(String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + "/simulate"))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(30))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @DisplayName("what runs by the clock: its next time is shown, and a simulation has its runs come to their end")
    void byTheClock() throws Exception {
        String spec =
                "{\"name\": \"report\", \"image\": \"nginx:1.27\", \"mode\": \"cron\", \"cron\": {\"schedule\": \"*/2 * * * *\"}}";
        JsonNode told = JSON.readTree(
                simulate("{\"steps\": [{\"deploy\": " + spec + "}], \"for\": \"7m\", \"pace\": {\"run\": \"30s\"}}")
                        .body());
        assertThat(told.get("pace").get("run").asText()).isEqualTo("30s");
        assertThat(told.get("timeline"))
                .extracting(moment -> moment.get("type").asText())
                .contains("run.begun", "run.completed")
                .doesNotContain("run.skipped", "run.failed");

        Futures.await(server.deploy(DeploymentSpec.builder("yearly", "nginx:1.27")
                .cron(CronSpec.of("0 3 1 1 *"))
                .build()));
        HttpResponse<String> shown = client.send(
                HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + "/deployments/yearly"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofString());
        assertThat(JSON.readTree(shown.body()).get("cron").get("next").asText()).endsWith("-01-01T03:00:00Z");
        Futures.await(server.undeploy("yearly"));
    }

    @Test
    @DisplayName("the scenario of the docs is answered, nothing is done, and no secret is told")
    void ofTheDocs() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "api.md"));
        String body = page.substring(page.indexOf("<!-- scenario -->"))
                .replaceFirst("(?s).*?```json\n(.*?)```.*", "$1")
                .replace("\"replicas\": 3", "\"replicas\": 3, \"env\": {\"TOKEN\": \"a-secret-of-new\"}");
        await().until(() -> server.snapshot()
                        .deployment("nginx-eu-api")
                        .orElseThrow()
                        .deployment()
                        .rollout()
                        .healthy()
                == 1);
        ClusterSnapshot before = server.snapshot();
        List<KnitEvent> events = server.eventsAfter(0);
        HttpResponse<String> answer = simulate(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("secret-of", "a-password");
        assertThat(server.snapshot()).isEqualTo(before);
        assertThat(server.eventsAfter(0)).isEqualTo(events);

        JsonNode json = JSON.readTree(answer.body());
        JsonNode fate = json.at("/deployments/0");
        assertThat(json.get("settled").asBoolean()).isTrue();
        assertThat(json.get("whole").asBoolean()).isTrue();
        assertThat(fate.get("name").asText()).isEqualTo("nginx-eu-api");
        assertThat(fate.get("healthy_before").asInt()).isEqualTo(3);
        assertThat(fate.get("healthy_fewest").asInt()).isBetween(1, 2);
        assertThat(fate.get("healthy_after").asInt()).isEqualTo(3);
        assertThat(fate.get("revision").asInt()).isEqualTo(3);
        assertThat(json.get("timeline"))
                .extracting(it -> it.get("type").asText())
                .contains("deployment.rolled_back", "node.down");
        assertThat(json.get("moves"))
                .extracting(it -> it.get("reason").asText())
                .contains("its node node-b is down");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"node-a\" | 3",
                "{\"node\": \"node-a\"} | 3",
                "{\"node\": \"node-a\", \"start_first\": true} | 3",
                "{\"node\": \"node-a\", \"start_first\": false} | 2"
            })
    @DisplayName("a node is drained, and what is on it starts elsewhere first, or last where that is said")
    void drained(String drain, int fewest) throws Exception {
        JsonNode told = JSON.readTree(
                simulate("{\"steps\": [{\"drain\": " + drain + "}]}").body());
        assertThat(told.at("/deployments/0/healthy_fewest").asInt())
                .as("%s", told)
                .isEqualTo(fewest);
        assertThat(told.at("/deployments/0/healthy_after").asInt()).isEqualTo(3);
        assertThat(told.get("moves"))
                .isNotEmpty()
                .allMatch(move -> move.get("from").asText().equals("node-a"));
    }

    @Test
    @DisplayName("what is on a node at the end of its drain is stopped, also before its successor is there")
    void drainedByATime() throws Exception {
        JsonNode told = JSON.readTree(simulate(
                        "{\"steps\": [{\"drain\": {\"node\": \"node-a\", \"deadline\": \"1s\"}}], \"pace\": {\"start\": \"5s\"}}")
                .body());
        assertThat(told.at("/deployments/0/healthy_fewest").asInt())
                .as("%s", told)
                .isLessThan(3);
        assertThat(told.at("/deployments/0/healthy_after").asInt()).isEqualTo(3);
    }

    @Test
    @DisplayName("what it decided can be fetched, has no secrets, and is decided again")
    void incident() throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + "/incident"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(answer.body()).contains("nginx-eu-api", "TOKEN").doesNotContain("a-secret-of-old", "a-password");
        Incident.Outcome outcome = Incident.replay(answer.body());
        assertThat(outcome.difference()).isNull();
        assertThat(outcome.decisions()).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | 400 | /steps | steps is missing",
                "{\"step\": []} | 400 | /step | did you mean \\\"steps\\\"?",
                "{\"steps\": [{\"kil\": \"node-a\"}]} | 400 | /steps/0/kil | did you mean \\\"kill\\\"?",
                "{\"steps\": [{\"kill\": \"nodea\"}]} | 404 | /steps/0/kill | did you mean \\\"node-a\\\"?",
                "{\"steps\": [{\"kill\": 7}]} | 400 | /steps/0/kill | quote it",
                "{\"steps\": [{}]} | 400 | /steps/0 | says nothing",
                "{\"steps\": [{\"kill\": \"node-a\", \"drain\": \"node-b\"}]} | 400 | /steps/0 | kill and drain",
                "{\"steps\": [{\"advance\": 60}]} | 400 | /steps/0/advance | such as \\\"60s\\\"",
                "{\"steps\": [{\"advance\": \"25h\"}]} | 400 | /steps/0/advance | at most 24h",
                "{\"steps\": [{\"drain\": {\"deadline\": \"5m\"}}]} | 400 | /steps/0/drain/node | is missing",
                "{\"steps\": [{\"drain\": {\"node\": \"node-a\", \"startfirst\": true}}]} | 400 | /steps/0/drain/startfirst | did you mean \\\"start_first\\\"?",
                "{\"steps\": [{\"drain\": {\"node\": \"node-a\", \"start_first\": \"true\"}}]} | 400 | /steps/0/drain/start_first | remove the quotes",
                "{\"steps\": [{\"drain\": {\"node\": \"node-a\", \"deadline\": \"0s\"}}]} | 400 | /steps/0/drain/deadline | 1s",
                "{\"steps\": [{\"drain\": {\"node\": \"node-a\", \"deadline\": \"721h\"}}]} | 400 | /steps/0/drain/deadline | 720h",
                "{\"steps\": [{\"scale\": {\"name\": \"nginx-eu-api\", \"replicas\": -1}}]} | 400 | /steps/0/scale/replicas | 0",
                "{\"steps\": [{\"scale\": {\"name\": \"nginx-eu-api\", \"replicas\": 1001}}]} | 400 | /steps/0/scale/replicas | 1000",
                "{\"steps\": [{\"drain\": \"\"}]} | 404 | /steps/0 | there is no node",
                "{\"steps\": [{\"undeploy\": \"\"}]} | 404 | /steps/0 | there is no deployment",
                "{\"steps\": [{\"drain\": {\"node\": \"nodea\"}}]} | 404 | /steps/0 | did you mean \\\"node-a\\\"?",
                "{\"steps\": [], \"for\": \"25h\"} | 400 | /for | at most 24h",
                "{\"steps\": [], \"pace\": {\"strat\": \"1s\"}} | 400 | /pace/strat | did you mean \\\"start\\\"?",
                "{\"steps\": [{\"scale\": {\"name\": \"nginx-eu-api\"}}]} | 400 | /steps/0/scale/replicas | is missing",
                "{\"steps\": [{\"scale\": {\"name\": \"nginx-eu\", \"replicas\": 2}}]} | 404 | /steps/0 | there is no deployment",
                "{\"steps\": [{\"deploy\": {\"name\": \"a\", \"imag\": \"b\"}}]} | 400 | /steps/0/deploy/imag | did you mean \\\"image\\\"?",
                "{\"steps\": [{\"deploy\": {\"name\": \"A\", \"image\": \"b:1\"}}]} | 400 | /steps/0/deploy/name | name"
            })
    @DisplayName("what is not understood is refused, with the nearest word")
    void strict(String body, int status, String pointer, String words) throws Exception {
        HttpResponse<String> answer = simulate(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"" + pointer + "\"").contains(words);
    }
}
