package io.knit.launcher.remote.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClient;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.live.Follower;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code knit run} by a server behind a proxy, which is away for some of what it is asked. */
@Timeout(60)
class ServerAwayTest {
    private static final String BEGIN = "retry: 1000\n: knit\n\n";
    private static final String LINE = "id: 2026-11-30T03:00:00Z\nevent: line\ndata: {\"instance\":\"j-0\","
            + "\"time\":\"2026-11-30T03:00:00Z\",\"stream\":\"stdout\",\"text\":\"one\"}\n\n";
    private static final String END = "event: end\ndata: {}\n\n";
    private static final String AWAY = "<html>bad gateway</html>";

    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<String> changes = new ArrayList<>();
    private String followed = LINE;
    private String rest = LINE;
    private boolean hangs;
    /** Whether it goes when it has read what it was to take. */
    private boolean vanishes;

    /** Whether it does not know itself if it took the job. */
    private boolean doubts;

    private boolean removes;
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(handlers);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        closed.countDown();
        server.stop(0);
        handlers.shutdownNow();
    }

    private static String job(String phase, String state, String code) {
        return "{\"name\":\"j\",\"job\":{\"phase\":\"" + phase + "\"},\"instances\":[{\"id\":\"j-0\",\"state\":\""
                + state + "\",\"created_at\":\"2026-11-30T03:00:00Z\",\"changed_at\":\"2026-11-30T03:00:00Z\"" + code
                + "}]}";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        exchange.getRequestBody().readAllBytes();
        if (!method.equals("GET")) {
            changes.add(method + " " + path);
        }
        if (method.equals("POST") && vanishes) {
            exchange.close();
        } else if (method.equals("POST") && doubts) {
            say(exchange, 503, "{\"code\":\"commit_in_doubt\",\"detail\":\"the store went; look\"}");
        } else if (method.equals("POST")) {
            say(exchange, 201, job("running", "running", ""));
        } else if (method.equals("DELETE") && removes) {
            say(exchange, 200, "{}");
        } else if (method.equals("DELETE") || path.equals("/events")) {
            say(exchange, 502, AWAY);
        } else if (path.equals("/deployments/j")) {
            boolean away = looks.incrementAndGet() == 1;
            say(exchange, away ? 502 : 200, away ? AWAY : job("failed", "failed", ",\"exit_code\":7"));
        } else if (hangs) {
            hang(exchange);
        } else {
            boolean away = reads.incrementAndGet() == 1;
            String query = exchange.getRequestURI().getQuery();
            String lines = query != null && query.contains("follow") ? followed : rest;
            say(exchange, away ? 503 : 200, away ? AWAY : BEGIN + lines + END);
        }
    }

    private static void say(HttpExchange exchange, int status, String words) throws IOException {
        byte[] body = words.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void hang(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write((BEGIN + LINE).getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    @DisplayName("the job's code and all that it wrote count, though it can't be taken away, which is said")
    void jobsCode() {
        Typed typed = Typed.knit(Map.of("KNIT_SERVER", url()), "run", "--name", "j", "web:1");
        assertThat(typed.exitCode()).as(typed.err()).isEqualTo(7);
        assertThat(typed.out().lines()).containsExactly("one");
        assertThat(typed.err().lines()).hasSize(2);
        assertThat(typed.err())
                .startsWith("knit: j could not be taken away: ")
                .contains("answered 502")
                .endsWith("knit undeploy j takes it away\n");
        assertThat(changes).containsExactly("POST /deployments", "DELETE /deployments/j");
    }

    @ParameterizedTest(name = "knit run {0}, while it can{1} be taken away")
    @CsvSource({
        "--name j web:1, not, knit status j shows it if it was, 1",
        "--name j web:1, '', knit undeploy j takes it away, 1",
        "web:1, not, knit undeploy run-web-, 2",
        "-d web:1, '', knit undeploy run-web-, 1",
        "web:1, '', 'it was taken, and is taken away again; start it anew', 2"
    })
    @DisplayName("of a job that may have been taken its name is told; it goes again only where it can be nobody else's")
    void inDoubt(String words, String not, String told, int asked) {
        vanishes = true;
        removes = not.isEmpty();
        Typed typed = Typed.knit(Map.of("KNIT_SERVER", url()), ("run " + words).split(" "));
        assertThat(typed.exitCode()).isEqualTo(6);
        assertThat(typed.err())
                .contains("broke off before its answer was there")
                .contains(told);
        assertThat(typed.err().lines()).hasSize(2);
        assertThat(changes).hasSize(asked);
    }

    @Test
    @DisplayName("a server that does not know itself whether it took the job is as one that did not answer")
    void inDoubtItself() {
        doubts = true;
        removes = true;
        Typed typed = Typed.knit(Map.of("KNIT_SERVER", url()), "run", "web:1");
        assertThat(typed.exitCode()).isEqualTo(5);
        assertThat(typed.err())
                .contains("may have been taken, or not: the store went")
                .contains("it was taken, and is taken away again; start it anew");
        assertThat(changes).hasSize(2);
    }

    @Test
    @DisplayName(
            "a follow that ends in the middle of a long line, all parts of which have one time, is read on with the rest")
    void inALongLine() {
        followed = LINE.replace("one", "a") + LINE.replace("one", "a");
        rest = followed + LINE.replace("one", "b") + LINE.replace("one", "c");
        Typed typed = Typed.knit(Map.of("KNIT_SERVER", url()), "run", "--name", "j", "web:1");
        assertThat(typed.out().lines()).containsExactly("a", "a", "b", "c");
    }

    @Test
    @DisplayName("a reading that stands still when the job is over is told of, not passed over")
    void standsStill() throws Exception {
        hangs = true;
        KnitClient knit = KnitClient.of(URI.create(url()));
        List<String> lines = new ArrayList<>();
        Attached attached =
                new Attached(knit, "j", line -> lines.add(line.path("text").asText()), Duration.ofSeconds(2));
        try (Follower follower = new Follower(knit, "j")) {
            attached.follow(follower, new ObjectMapper().readTree(job("completed", "completed", "")));
        }
        assertThat(lines).containsExactly("one");
        assertThat(attached.missed()).isEqualTo("no more lines came, and no end");
    }
}
