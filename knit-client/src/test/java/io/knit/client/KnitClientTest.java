package io.knit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClientException.Kind;
import io.knit.client.KnitClientException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, and what is made of an answer; the launcher's tests ask a real server. */
class KnitClientTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HttpServer server;
    private KnitClient knit;
    private final List<String> asked = new ArrayList<>();
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        knit = KnitClient.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    }

    @Test
    @DisplayName("the example of the Javadoc runs, word by word")
    void ofTheJavadoc() {
        URI here = URI.create(knit.server());
        JsonNode spec = JSON.createObjectNode().put("name", "web").put("image", "nginx:1");
        List<String> names = new ArrayList<>();
        answer = "{\"deployments\": [{\"name\": \"web\"}]}";
        exampleOfTheJavadoc(here, spec, names);
        assertThat(asked).hasSize(2);
        assertThat(names).containsExactly("web");
    }

    private static void exampleOfTheJavadoc(URI server, JsonNode spec, List<String> names) {
        KnitClient knit = KnitClient.of(server);
        ChangeAnswer accepted = knit.deploy(spec, ChangeTerms.none().waiting(Duration.ofMinutes(2)));
        knit.deployments()
                .path("deployments")
                .forEach(one -> names.add(one.path("name").asText()));
        assertThat(accepted).isNotNull();
    }

    @Test
    @DisplayName("the builder's example of the Javadoc runs, word by word")
    void ofTheBuildersJavadoc() {
        String text = "knit_t_name_secret";
        KnitClient knit = KnitClient.builder(URI.create("https://knit.example:8080"))
                .token(text)
                .build();
        assertThat(knit.server()).startsWith("https://knit.example:8080");
    }

    @Test
    @DisplayName(
            "where a deployment's logs break off they go on for each instance from its own last line, whatever its host's clock says")
    void logsOfSeveralClocks() {
        List<String> answers = new ArrayList<>(List.of(
                line("web-0", 10, "a") + line("web-1", 7, "b"),
                line("web-1", 8, "c") + line("web-0", 10, "a") + line("web-0", 11, "d") + "event: end\ndata: {}\n\n"));
        List<String> from = new ArrayList<>();
        server.createContext("/deployments/web/logs", exchange -> {
            from.add(exchange.getRequestHeaders().getFirst("Last-Event-ID"));
            byte[] body = answers.remove(0).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        List<String> read = new ArrayList<>();
        knit.deploymentLogs(
                "web",
                new LogTerms(true, null, null),
                it -> read.add(it.path("text").asText()));
        assertThat(read).containsExactly("a", "b", "c", "d");
        assertThat(from).containsExactly(null, "2026-11-30T03:00:06.999999999Z");
    }

    private static String line(String instance, int second, String text) {
        String time = Instant.parse("2026-11-30T03:00:00Z").plusSeconds(second).toString();
        return "id: " + time + "\nevent: line\ndata: {\"instance\":\"" + instance + "\",\"time\":\"" + time
                + "\",\"stream\":\"stdout\",\"text\":\"" + text + "\"}\n\n";
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String condition = exchange.getRequestHeaders().getFirst("If-Match");
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + (body.isEmpty() ? "" : " " + body)
                + (condition == null ? "" : " if " + condition));
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    @DisplayName("each question and change goes where the API has it")
    void paths() throws IOException {
        JsonNode spec = JSON.readTree("{\"name\":\"web\"}");
        ChangeTerms none = ChangeTerms.none();
        knit.deployments();
        knit.deployment("web");
        knit.deployment("a/../b ?");
        knit.nodes();
        knit.deploy(spec, none);
        knit.undeploy("web", none.waiting(Duration.ofSeconds(90)));
        knit.scale("web", 3, none.rehearsed());
        knit.restart("web", false, none);
        knit.restart("web", true, none.onlyIf(7));
        knit.rollback("web", null, none);
        knit.rollback("web", 2L, none);
        knit.pause("web", none);
        knit.resume("web", none);
        knit.promote("web", none);
        knit.revisions("web");
        knit.diff("web", null, null);
        knit.diff("web", 1L, 3L);
        knit.explainDeployment("web");
        knit.explainInstance("web-0-abc");
        knit.drain("n1", null, none);
        knit.drain("n1", Duration.ofMinutes(10), none);
        knit.activate("n1", none);
        knit.pauseNode("n1", none);
        Map<String, @Nullable String> labels = new HashMap<>();
        labels.put("old", null);
        knit.label("n1", labels, none);
        knit.forgetNode("n1", none);
        knit.rebalance(5, none);
        knit.simulate(spec);
        knit.render(spec, null);
        knit.render(spec, "n 1");
        knit.deployment("web", Instant.parse("2026-11-26T12:00:00Z"));
        knit.node("n1");
        knit.revision("web", 2);
        knit.secret("db");
        knit.registry("registry.example:5000");
        knit.volume("books", "0", "data", "n1");
        knit.history(null, null, 100);
        knit.history("web", 42L, 2);
        knit.incident().close();
        assertThat(asked)
                .containsExactly(
                        "GET /deployments",
                        "GET /deployments/web",
                        "GET /deployments/a%2F..%2Fb%20%3F",
                        "GET /nodes",
                        "POST /deployments {\"name\":\"web\"}",
                        "DELETE /deployments/web?wait=90000ms",
                        "POST /deployments/web/scale?dry_run=true {\"replicas\":3}",
                        "POST /deployments/web/restart",
                        "POST /deployments/web/restart {\"pull\":true} if \"7\"",
                        "POST /deployments/web/rollback",
                        "POST /deployments/web/rollback {\"revision\":2}",
                        "POST /deployments/web/pause",
                        "POST /deployments/web/resume",
                        "POST /deployments/web/promote",
                        "GET /deployments/web/revisions",
                        "GET /deployments/web/diff",
                        "GET /deployments/web/diff?from=1&to=3",
                        "GET /deployments/web/explain",
                        "GET /instances/web-0-abc/explain",
                        "POST /nodes/n1/drain",
                        "POST /nodes/n1/drain {\"deadline\":\"600000ms\"}",
                        "POST /nodes/n1/activate",
                        "POST /nodes/n1/pause",
                        "PATCH /nodes/n1 {\"labels\":{\"old\":null}}",
                        "DELETE /nodes/n1",
                        "POST /rebalance {\"max_moves\":5}",
                        "POST /simulate {\"name\":\"web\"}",
                        "POST /render {\"name\":\"web\"}",
                        "POST /render?node=n%201 {\"name\":\"web\"}",
                        "GET /deployments/web?at=2026-11-26T12%3A00%3A00Z",
                        "GET /nodes/n1",
                        "GET /deployments/web/revisions/2",
                        "GET /secrets/db",
                        "GET /registries/registry.example%3A5000",
                        "GET /volumes/books/0/data?node=n1",
                        "GET /history?limit=100",
                        "GET /history?deployment=web&after=42&limit=2",
                        "GET /incident");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void aNameThatWouldBeAnotherPath(String name) {
        assertThatThrownBy(() -> knit.undeploy(name, ChangeTerms.none())).isInstanceOf(IllegalArgumentException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void whetherItHasSettled() {
        status = 202;
        answer = "{\"status\":\"deploying\"}";
        ChangeAnswer accepted = knit.scale("web", 3, ChangeTerms.none());
        assertThat(accepted.settled()).isFalse();
        assertThat(accepted.unsettled()).isEmpty();

        answer = "{\"unsettled\":\"no node fits\",\"timed_out\":true}";
        assertThat(knit.scale("web", 3, ChangeTerms.none())).satisfies(late -> {
            assertThat(late.unsettled()).isEqualTo("no node fits");
            assertThat(late.timedOut()).isTrue();
        });
        status = 204;
        answer = "";
        assertThat(knit.undeploy("web", ChangeTerms.none()).settled()).isTrue();

        status = 200;
        answer = "{}";
        ChangeTerms waits = ChangeTerms.none().waiting(Duration.ofMinutes(1));
        assertThat(knit.drain("n1", null, ChangeTerms.none()).settled())
                .as("all that runs there is still to go")
                .isFalse();
        assertThat(knit.drain("n1", null, waits).settled()).isTrue();
        assertThat(knit.activate("n1", ChangeTerms.none()).settled()).isFalse();
        assertThat(knit.activate("n1", waits).settled()).isTrue();
        assertThat(knit.pause("web", ChangeTerms.none()).settled()).isFalse();
        assertThat(knit.pauseNode("n1", ChangeTerms.none()).settled()).isTrue();
        assertThat(knit.scale("web", 3, waits).settled()).isTrue();
        assertThat(knit.scale("web", 3, ChangeTerms.none().rehearsed()).settled())
                .as("nothing was done")
                .isFalse();
    }

    @Test
    @DisplayName("a command of more words than a server reads is refused before it is asked")
    void tooManyWords() {
        assertThatThrownBy(() ->
                        knit.exec("web-0-a", Collections.nCopies(1_100, "1"), ShellTerms.plain(), new ShellOutput() {
                            @Override
                            public void output(byte[] bytes) {}

                            @Override
                            public void error(byte[] bytes) {}
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the command is too long: it has 1100 words, of which there may be 990; ");
        assertThat(asked).isEmpty();
    }

    @Test
    void allThatIsWrong() {
        status = 400;
        answer = "{\"code\":\"unknown_field\",\"detail\":\"a\",\"pointer\":\"/a\",\"errors\":["
                + "{\"code\":\"unknown_field\",\"detail\":\"a\",\"pointer\":\"/a\"},{\"code\":\"invalid_value\",\"detail\":\"b\",\"pointer\":\"/b\"}]}";
        KnitClientException wrong = catchThrowableOfType(KnitClientException.class, () -> knit.nodes());
        assertThat(wrong.kind()).isEqualTo(Kind.REFUSED);
        assertThat(wrong).hasMessage("a");
        assertThat(wrong.problems())
                .containsExactly(new Problem("unknown_field", "a", "/a"), new Problem("invalid_value", "b", "/b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | {\"code\":\"not_found\",\"detail\":\"no\"}    | NOT_FOUND",
                "409 | {\"code\":\"in_use\",\"detail\":\"no\"}       | REFUSED",
                "412 | {\"code\":\"revision_changed\"}               | REFUSED",
                "503 | {\"code\":\"busy\",\"detail\":\"no\"}         | REFUSED",
                "500 | {\"code\":\"internal\",\"detail\":\"no\"}     | FAILED",
                "502 | <html>bad gateway</html>                      | UNREACHABLE",
                "503 | no server is available                        | UNREACHABLE",
                "504 | {\"message\":\"timed out\"}                     | UNREACHABLE",
                "500 | <html>oops</html>                             | FAILED",
                "404 | {\"message\":\"no Knit here\"}                | FAILED",
                "200 | <html>welcome</html>                          | FAILED",
            })
    void kinds(int answered, String body, Kind kind) {
        status = answered;
        answer = body;
        KnitClientException failure = catchThrowableOfType(KnitClientException.class, () -> knit.nodes());
        assertThat(failure.kind()).isEqualTo(kind);
        if (!body.contains("code")) {
            assertThat(failure).hasMessageContaining("answered " + answered + ", and nothing that a Knit server says");
        }
    }

    @Test
    void nobodyThere() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        KnitClientException failure = catchThrowableOfType(
                KnitClientException.class,
                () -> KnitClient.of(URI.create("http://127.0.0.1:" + free)).nodes());
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageStartingWith("no server answers at http://127.0.0.1:" + free);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "of a change that was sent, and not answered, it is said that it may have been made; of a question it is not")
    void answerBrokeOff(boolean change) throws Exception {
        try (ServerSocket there = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread reading = new Thread(() -> {
                try (Socket socket = there.accept()) {
                    InputStream in = socket.getInputStream();
                    while (in.read() != '\r' || in.read() != '\n' || in.read() != '\r') {
                        // until its head is over
                    }
                    in.read();
                    // a question of which not even a byte is answered the JDK asks again by itself
                    socket.getOutputStream().write((change ? "" : "HTTP/1.1 20").getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // as if it was read
                }
            });
            reading.start();
            KnitClient knit = KnitClient.of(URI.create("http://127.0.0.1:" + there.getLocalPort()));
            KnitClientException failure = catchThrowableOfType(KnitClientException.class, () -> {
                if (change) {
                    knit.rollback("web", null, ChangeTerms.none());
                } else {
                    knit.nodes();
                }
            });
            reading.join();
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.isInDoubt()).isEqualTo(change);
            assertThat(failure)
                    .hasMessageStartingWith(
                            "the connection to " + knit.server() + " broke off before its answer was there (")
                    .hasMessageEndingWith(change ? "look before it is sent again" : "speaks http or https as said");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    @DisplayName("a change of which only a proxy says something may have been made")
    void changeBehindAProxy(int answered) {
        status = answered;
        answer = "<html>no</html>";
        KnitClientException failure =
                catchThrowableOfType(KnitClientException.class, () -> knit.restart("web", false, ChangeTerms.none()));
        assertThat(failure.isInDoubt()).isTrue();
        assertThat(failure)
                .hasMessageContaining("answered " + answered)
                .hasMessageEndingWith("look before it is sent again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy", "compose", "prune", "render", "simulate"})
    @DisplayName("what only asks, and a change that is only rehearsed, is in no doubt: nothing can have been made")
    void questionBehindAProxy(String word) {
        status = 502;
        answer = "<html>no</html>";
        JsonNode body = JSON.createObjectNode();
        KnitClientException failure = catchThrowableOfType(KnitClientException.class, () -> {
            switch (word) {
                case "deploy" -> knit.deploy(body, ChangeTerms.none().rehearsed());
                case "compose" -> knit.compose(body, ChangeTerms.none().rehearsed());
                case "prune" -> knit.pruneImages(List.of(), false, true);
                case "render" -> knit.render(body, null);
                default -> knit.simulate(body);
            }
        });
        assertThat(failure.isInDoubt()).isFalse();
        assertThat(failure).hasMessageEndingWith("it may be a proxy that does not reach one");
    }

    @Test
    @DisplayName(
            "a change of which the server says that it does not know is in doubt, in the server's words; a question never is")
    void commitInDoubt() {
        status = 503;
        answer = "{\"code\":\"commit_in_doubt\",\"detail\":\"it may be stored\",\"errors\":[]}";
        KnitClientException change =
                catchThrowableOfType(KnitClientException.class, () -> knit.restart("web", false, ChangeTerms.none()));
        assertThat(change.isInDoubt()).isTrue();
        assertThat(change.kind()).isEqualTo(Kind.REFUSED);
        assertThat(change).hasMessage("it may be stored");
        KnitClientException question = catchThrowableOfType(KnitClientException.class, () -> knit.nodes());
        assertThat(question.isInDoubt()).isFalse();
        answer = answer.replace("commit_in_doubt", "store_unavailable");
        KnitClientException refused =
                catchThrowableOfType(KnitClientException.class, () -> knit.restart("web", false, ChangeTerms.none()));
        assertThat(refused.isInDoubt()).isFalse();
    }

    @Test
    @DisplayName("a name that no host has is told as that, and nothing was sent there")
    void noHost() {
        KnitClientException failure = catchThrowableOfType(
                KnitClientException.class,
                () -> KnitClient.of(URI.create("http://" + "x".repeat(64) + ".invalid:8080"))
                        .restart("web", false, ChangeTerms.none()));
        assertThat(failure.isInDoubt()).isFalse();
        assertThat(failure).hasMessageContaining("(no host has that name); start one, or say where it is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x", "x", "http:///nodes", "http://user:secret@x", "http://x?a=b"})
    void noAddress(String address) {
        assertThatThrownBy(() -> KnitClient.of(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void events() {
        answer = ": hello\n\nid: 1\nevent: node.ready\ndata: {\"seq\":1}\n\nid: 2\ndata: {\"seq\":2}\n\n";
        List<Integer> seen = new ArrayList<>();
        knit.events(
                "web",
                Instant.parse("2026-11-26T12:00:00Z"),
                event -> seen.add(event.path("seq").asInt()));
        assertThat(seen).containsExactly(1, 2);
        assertThat(asked).containsExactly("GET /events?deployment=web&since=2026-11-26T12%3A00%3A00Z");
    }

    @Test
    @DisplayName("the example of the docs runs, word by word")
    void ofTheDocs() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "cli.md"));
        String example = page.substring(page.indexOf("<!-- client -->"))
                .replaceFirst("(?s).*?```java\n(.*?)```.*", "$1")
                .replace("\"http://127.0.0.1:8080\"", "here");
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example(server.getAddress().getPort());
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("3 run");
        String source = Files.readString(Path.of("src/test/java/io/knit/client/KnitClientTest.java"));
        assertThat(source.replaceAll("\\s", "")).contains(example.replaceAll("\\s", ""));
    }

    private static void example(int port) {
        String here = "http://127.0.0.1:" + port;
        KnitClient knit = KnitClient.of(URI.create(here));
        ChangeAnswer answer = knit.scale("web", 3, ChangeTerms.none().waiting(Duration.ofMinutes(2)));
        System.out.println(answer.settled() ? "3 run" : answer.unsettled());
    }
}
