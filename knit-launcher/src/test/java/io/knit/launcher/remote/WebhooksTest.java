package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.api.command.Caller;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitServer;
import io.knit.launcher.OwnJava;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks typed at a real server, with receivers that listen. */
class WebhooksTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private KnitServer started;
    private String server = "";
    private HttpServer receiver;
    private final List<String> ids = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private volatile int status = 204;

    @BeforeEach
    void start() throws IOException {
        startServer();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::take);
        receiver.start();
    }

    private void startServer() {
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .build();
        await(started.start());
        server = Objects.requireNonNull(started.endpoints().get("http"));
    }

    private void take(HttpExchange exchange) throws IOException {
        ids.add(exchange.getRequestHeaders().getFirst("webhook-id"));
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @AfterEach
    void close() {
        receiver.stop(0);
        await(started.close());
    }

    private Typed knit(String... words) {
        return Typed.knit(Map.of("KNIT_SERVER", server), words);
    }

    private String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.err()).as(typed.out()).isEmpty();
        assertThat(typed.exitCode()).as(typed.out()).isZero();
        return typed.out().strip();
    }

    private String metrics() {
        try (InputStream body = URI.create(server + "/metrics").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/knit";
    }

    private void deploy(String name) {
        await(started.deploy(DeploymentSpec.builder(name, "web:1").build()));
    }

    private static String block(String page, String language, int number) {
        String[] parts = page.split("```" + language + "\n");
        return parts[number].replaceFirst("(?s)```.*", "");
    }

    @Test
    @DisplayName("the page's commands and its receiver, as they stand there")
    void ofThePage() throws Exception {
        String page = Files.readString(HOME.resolve("docs/webhooks.md"));
        Path example = HOME.resolve("examples/webhook-receiver/Receiver.java");
        assertThat(block(page, "java", 1)).isEqualTo(Files.readString(example));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process listening = null;
        Path heard = folder.resolve("heard");
        try {
            for (String line : block(page, "sh", 1).lines().toList()) {
                String[] words = line.substring("knit ".length())
                        .replace("'", "")
                        .replace("9000", Integer.toString(port))
                        .split(" ");
                String said = done(words);
                if (words[1].equals("create")) {
                    assertThat(said).startsWith("whsec_");
                    listening = receiver(example, port, said, heard);
                    deploy("db");
                    deploy("web-1");
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(heard).content().contains("\"web-1\""));
                }
            }
        } finally {
            if (listening != null) {
                listening.destroy();
            }
        }
        assertThat(Files.readString(heard))
                .contains("\"type\":\"deployment.created\"")
                .contains("\"type\":\"webhook.test\"")
                .doesNotContain("\"db\"");
        assertThat(done("webhook", "list")).isEqualTo("no webhooks; knit webhook create NAME URL makes one");
    }

    private static Process receiver(Path example, int port, String secret, Path heard) throws IOException {
        ProcessBuilder java =
                new ProcessBuilder(OwnJava.command("-Xmx64m", example.toString(), Integer.toString(port)));
        java.environment().put("KNIT_WEBHOOK_SECRET", secret);
        Process process =
                java.redirectErrorStream(true).redirectOutput(heard.toFile()).start();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard).content().contains("listening on " + port));
        return process;
    }

    @Test
    @DisplayName(
            "what fails waits over a restart of the server, and arrives in its order with the same id when the receiver is back")
    void restarted() {
        status = 500;
        String secret = done("webhook", "create", "chat", url(), "--events", "deployment.*");
        deploy("web-1");
        deploy("web-2");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(done("webhook", "list"))
                        .containsPattern("chat +" + url() + " +deployment\\.\\* +\\* +retrying +answered 500"));
        String first = ids.get(0);
        assertThat(metrics())
                .containsPattern("knit_webhooks\\{phase=\"retrying\",?} 1")
                .containsPattern("knit_webhooks\\{phase=\"active\",?} 0")
                .containsPattern("knit_webhook_attempts_total\\{outcome=\"failed\",?} [1-9]")
                .containsPattern("knit_webhook_attempts_total\\{outcome=\"arrived\",?} 0");
        await(started.close());
        startServer();
        assertThat(ids).containsOnly(first);
        Typed failing = knit("webhook", "test", "chat");
        assertThat(failing.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(failing.out()).contains("chat did not get it: it answered 500");
        ids.clear();
        bodies.clear();
        status = 200;
        assertThat(done("webhook", "test", "chat")).startsWith("chat got it: it answered 200");
        await().atMost(PATIENCE).until(() -> ids.size() >= 3);
        assertThat(ids.get(0)).startsWith("test_");
        assertThat(ids.get(1)).isEqualTo(first);
        assertThat(bodies.get(1)).contains("deployment.created").contains("web-1");
        assertThat(bodies.get(2)).contains("deployment.created").contains("web-2");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(done("webhook", "list")).contains(" active").doesNotContain(secret));
        assertThat(metrics())
                .containsPattern("knit_webhooks\\{phase=\"active\",?} 1")
                .containsPattern("knit_webhook_attempts_total\\{outcome=\"arrived\",?} 2");
        deploy("web-3");
        await().atMost(PATIENCE).until(() -> ids.size() >= 4);
        assertThat(bodies.get(3)).contains("web-3");
    }

    @Test
    @DisplayName("410 ends it with an event; one that is removed gets no more; the secret is told to nobody again")
    void ended() {
        status = 410;
        String secret = done("webhook", "create", "chat", url()).substring("whsec_".length());
        done("webhook", "create", "other", url() + "?other", "--events", "webhook.*");
        deploy("web-1");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(started.eventsAfter(0))
                        .anyMatch(event -> event.type().equals("webhook.disabled")
                                && event.message()
                                        .startsWith(
                                                "webhook chat gets no events any more: the receiver answered 410")));
        assertThat(started.eventsAfter(0)).noneMatch(event -> event.message().contains("127.0.0.1"));
        assertThat(done("webhook", "list", "-o", "json"))
                .contains("\"phase\" : \"disabled\"")
                .doesNotContain(secret);
        assertThat(done("webhook", "rm", "chat")).isEqualTo("chat is sent nothing any more");
        assertThat(knit("webhook", "rm", "chat").exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(knit("webhook", "test", "chat").exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(knit("webhook", "create", "plain", "http://8.8.8.8/x").err()).contains("allow_http");
        assertThat(done("webhook", "create", "plain", "http://8.8.8.8/x", "--allow-http", "--events", "run.*"))
                .startsWith("whsec_");
        assertThat(await(started.history(HistoryQuery.NEWEST)).toString())
                .contains("create webhook chat")
                .contains("remove webhook chat")
                .doesNotContain(secret);
        assertThat(await(started.incident(Caller.PROGRAM)))
                .doesNotContain(secret)
                .doesNotContain(url());
    }
}
