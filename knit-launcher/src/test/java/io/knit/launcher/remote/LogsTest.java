package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What containers write, by the API and by {@code knit logs}: a real server, broker and agents, whose engines alone are fakes. */
@Timeout(100)
class LogsTest {
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static final Map<String, FakeEngine> ENGINES = new HashMap<>();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static KnitServer started;
    private static String server = "";

    @BeforeAll
    static void start() throws IOException {
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .build();
        OPEN.push(() -> await(started.close()));
        await(started.start());
        server = Objects.requireNonNull(started.endpoints().get("http"));
        for (String id : new String[] {"n1", "n2"}) {
            ThreadLoop loop = new ThreadLoop(id);
            OPEN.push(loop);
            FakeEngine engine = new FakeEngine(id, loop).withImage("web:1");
            ENGINES.put(id, engine);
            KnitAgent agent = KnitAgent.builder()
                    .nodeId(id)
                    .dataDir(folder.resolve(id))
                    .config(
                            "nats-url",
                            Objects.requireNonNull(started.endpoints().get("transport")))
                    .runtime(new FakeRuntime(engine, loop))
                    .discovery(FixedDiscovery.none())
                    .build();
            OPEN.push(() -> await(agent.close()));
            await(agent.start());
        }
        Awaitility.await().until(() -> knit("nodes", "-o", "name").out().lines().count() == 2);
        Path spec = folder.resolve("web.yaml");
        Files.writeString(
                spec, "name: web\nimage: web:1\npull: never\nreplicas: 2\nargs: ['echo hello; echo bye >&2']\n");
        assertThat(knit("deploy", "--wait", spec.toString()).exitCode()).isZero();
    }

    @AfterAll
    static void close() throws Exception {
        while (!OPEN.isEmpty()) {
            OPEN.pop().close();
        }
    }

    private static Typed knit(String... words) {
        return Typed.knit(Map.of("KNIT_SERVER", server), words);
    }

    private static String instance(int slot) {
        return started.deployment("web").orElseThrow().instances().stream()
                .filter(one -> one.slot() == slot && one.state() == InstanceState.RUNNING)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static void write(String instance, String text) {
        containers(instance).forEach((id, engine) -> engine.write(id, text));
    }

    private static Map<String, FakeEngine> containers(String instance) {
        Map<String, FakeEngine> all = new HashMap<>();
        ENGINES.values()
                .forEach(engine -> engine.containers().stream()
                        .filter(one -> instance.equals(one.labels().get(KnitLabels.INSTANCE)))
                        .forEach(one -> all.put(one.id(), engine)));
        return all;
    }

    private static HttpResponse<InputStream> open(String path, String accept) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Accept", accept)
                .build();
        return HTTP.send(request, BodyHandlers.ofInputStream());
    }

    private static String get(String path, String accept) throws Exception {
        try (InputStream body = open(path, accept).body()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("an instance's lines as text, the last ones, with their times, and as events that say where to go on")
    void ofAnInstance() throws Exception {
        String path = "/instances/" + instance(0) + "/logs";
        assertThat(get(path, "*/*")).startsWith("hello\nbye\n");
        assertThat(get(path + "?tail=0", "*/*")).isEmpty();
        assertThat(get(path + "?timestamps=true", "*/*")).containsPattern("(?m)^\\d{4}-\\d\\d-\\d\\dT[^ ]+Z bye$");
        assertThat(get(path + "?since=2100-01-01T00:00:00Z", "*/*")).isEmpty();
        String events = get(path, "text/event-stream");
        assertThat(events)
                .containsPattern("id: [^\n]+Z\nevent: line\ndata: \\{\"instance\":\"" + instance(0)
                        + "\",\"time\":\"[^\"]+\",\"stream\":\"stderr\",\"text\":\"bye\"}")
                .endsWith("event: end\ndata: {}\n\n");
    }

    @Test
    @DisplayName("a deployment's lines, each with its instance, and who follows reads what comes")
    void ofADeployment() throws Exception {
        String first = instance(0);
        String second = instance(1);
        assertThat(get("/deployments/web/logs", "*/*").lines())
                .contains(first + " hello", second + " hello", first + " bye", second + " bye");
        HttpResponse<InputStream> follows = open("/deployments/web/logs?follow=true", "*/*");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(follows.body(), StandardCharsets.UTF_8))) {
            write(second, "later");
            assertThat(lines.lines().anyMatch((second + " later")::equals)).isTrue();
            write(first, "still later");
            assertThat(lines.readLine()).isEqualTo(first + " still later");
        }
    }

    @Test
    @DisplayName("who follows a deployment reads those, too, that it gets later, from their first line, until it goes")
    void ofThoseThatComeLater() throws Exception {
        Path spec = folder.resolve("grows.yaml");
        Files.writeString(spec, "name: grows\nimage: web:1\npull: never\nargs: ['echo hello']\n");
        assertThat(knit("deploy", "--wait", spec.toString()).exitCode()).isZero();
        HttpResponse<InputStream> follows = open("/deployments/grows/logs?follow=true", "*/*");
        assertThat(knit("scale", "grows", "2", "--wait").exitCode()).isZero();
        String second = started.deployment("grows").orElseThrow().instances().stream()
                .filter(one -> one.slot() == 1)
                .findFirst()
                .orElseThrow()
                .id();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(follows.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.lines().anyMatch((second + " hello")::equals)).isTrue();
            write(second, "its second");
            assertThat(lines.readLine()).isEqualTo(second + " its second");
            assertThat(knit("undeploy", "grows").exitCode()).isZero();
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    @DisplayName("who reads on by the id of the last line gets what came after it")
    void goesOn() throws Exception {
        String path = "/instances/" + instance(1) + "/logs";
        write(instance(1), "before");
        String all = get(path, "text/event-stream");
        String last =
                all.substring(all.lastIndexOf("id: ") + 4).lines().findFirst().orElseThrow();
        Awaitility.await().until(() -> {
            write(instance(1), "after");
            HttpRequest again = HttpRequest.newBuilder(URI.create(server + path))
                    .header("Accept", "text/event-stream")
                    .header("Last-Event-ID", last)
                    .build();
            String rest = HTTP.send(again, BodyHandlers.ofString()).body();
            assertThat(rest).doesNotContain("before", "hello");
            return rest.contains("after");
        });
    }

    @Test
    @DisplayName("who missed lines is told so: as an event, as a line of text, and beside the output of knit logs")
    void tellsOfGaps() throws Exception {
        String id = instance(0);
        write(id, "last before");
        containers(id).forEach((container, engine) -> engine.writeTooMuch(container));
        write(id, "first after");
        String words = "lines may be missing between ";
        assertThat(get("/instances/" + id + "/logs", "text/event-stream"))
                .containsPattern("\"text\":\"last before\"}\n\nevent: gap\ndata: \\{\"instance\":\"" + id
                        + "\",\"after\":\"[^\"]+Z\",\"before\":\"[^\"]+Z\",\"message\":\"" + words
                        + "[^\"]+\"}\n\nid: [^\n]+\nevent: line\ndata: [^\n]+first after");
        assertThat(get("/instances/" + id + "/logs", "*/*"))
                .containsPattern("last before\nknit: " + words + "[^\n]+\nfirst after\n");
        assertThat(get("/deployments/web/logs", "*/*")).contains(id + " knit: " + words);
        Typed typed = knit("logs", id);
        assertThat(typed.out()).contains("last before\nfirst after\n");
        assertThat(typed.err()).startsWith("knit: " + words);
        assertThat(knit("logs", "web").err()).contains("knit: " + id + ": " + words);
        assertThat(knit("logs", id, "-o", "json").out()).contains("\"event\":\"gap\"");
    }

    @Test
    @DisplayName("knit logs shows those of a deployment with their instances, and those of an instance alone")
    void typed() {
        String first = instance(0);
        Typed all = knit("logs", "web");
        assertThat(all.exitCode()).isZero();
        assertThat(all.out()).contains(first + "  hello", instance(1) + "  bye");
        assertThat(knit("logs", first).out().lines()).startsWith("hello", "bye");
        assertThat(knit("logs", first, "--tail", "0").out()).isEmpty();
        assertThat(knit("logs", first, "-t", "--since=1h").out()).containsPattern("(?m)^\\d{4}-[^ ]+Z hello$");
        assertThat(knit("logs", first, "-o", "json").out()).contains("\"stream\":\"stdout\",\"text\":\"hello\"");
        assertThat(knit("logs", first, "-o", "yaml").out())
                .as("documents of YAML, which JSON is, too")
                .containsPattern("(?s)\"text\":\"hello\".*}\n---\n\\{.*\"text\":\"bye\"");
    }

    @Test
    @DisplayName("what an instance wrote last stays readable when it and its deployment are gone")
    void ofWhatIsGone() throws Exception {
        Path spec = folder.resolve("gone.yaml");
        Files.writeString(spec, "name: gone\nimage: web:1\npull: never\nargs: ['echo last; echo words >&2']\n");
        assertThat(knit("deploy", "--wait", spec.toString()).exitCode()).isZero();
        String id = started.deployment("gone").orElseThrow().instances().get(0).id();
        assertThat(knit("undeploy", "gone", "--wait").exitCode()).isZero();
        Awaitility.await().until(() -> started.deployment("gone").isEmpty());
        Awaitility.await().until(() -> get("/instances/" + id + "/logs", "*/*").equals("last\nwords\n"));
        assertThat(get("/instances/" + id + "/logs?tail=1&follow=true", "*/*")).isEqualTo("words\n");
        assertThat(knit("logs", id).out().lines()).containsExactly("last", "words");
    }

    @Test
    @DisplayName("what fails says in its status what it wrote last")
    void ofWhatFails() throws Exception {
        Path spec = folder.resolve("broken.yaml");
        Files.writeString(
                spec, "name: broken\nimage: web:1\npull: never\nargs: ['echo no such file; echo bye; exit 3']\n");
        assertThat(knit("deploy", spec.toString()).exitCode()).isZero();
        String id =
                started.deployment("broken").orElseThrow().instances().get(0).id();
        Awaitility.await()
                .untilAsserted(() -> assertThat(knit("status", "broken").out())
                        .contains(id + " wrote last before it failed:\n  no such file\n  bye"));
        assertThat(knit("explain", "broken").out()).contains("  " + id + " wrote last before it failed:\n    no such");
        assertThat(get("/deployments/broken", "*/*"))
                .contains("\"last_output\":[", "\"no such file\",\"bye\"],\"health\"");
        assertThat(knit("undeploy", "broken", "--wait").exitCode()).isZero();
    }

    @Test
    @DisplayName("control characters are shown only to who asks for them")
    void controlCharacters() {
        write(instance(0), "\u001b[2Jred\tcolumn");
        assertThat(knit("logs", instance(0)).out()).contains(" [2Jred\tcolumn").doesNotContain("\u001b");
        assertThat(knit("logs", instance(0), "--raw").out()).contains("\u001b[2Jred");
    }

    @ParameterizedTest
    @CsvSource({
        "logs nothing, 3, there is no deployment \"nothing\"",
        "logs web --tail=-1, 2, --tail must be a number",
        "logs web --since=soon, 2, --since must be a time"
    })
    void refusals(String words, int exitCode, String why) {
        Typed typed = knit(words.split(" "));
        assertThat(typed.exitCode()).isEqualTo(exitCode);
        assertThat(typed.err()).contains(why);
    }

    @ParameterizedTest
    @CsvSource({
        "/instances/x/logs, 404",
        "/instances/%2e%2e/logs, 404",
        "/deployments/nothing/logs, 404",
        "/deployments/web/logs?tail=-1, 400",
        "/deployments/web/logs?tail=99999999, 400",
        "/deployments/web/logs?follow=yes, 400",
        "/deployments/web/logs?since=now, 400",
        "/deployments/web/logs?lines=3, 400"
    })
    void refusalsOfTheApi(String path, int status) throws Exception {
        HttpResponse<InputStream> answer = open(path, "*/*");
        answer.body().close();
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(List.of("application/problem+json"))
                .contains(answer.headers().firstValue("Content-Type").orElseThrow());
    }
}
