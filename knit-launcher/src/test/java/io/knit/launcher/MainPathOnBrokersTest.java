package io.knit.launcher;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From {@code POST /deployments} to a running instance and back over the real HTTP API, SQLite and NATS, on the embedded broker and on an
 * outside nats-server. Only the container engine is a fake: the fleet's tests have real ones.
 */
class MainPathOnBrokersTest {
    private static final Path NATS_SERVER = Path.of("/usr/sbin/nats-server");
    private static final String HELLO = """
            {"name": "hello", "image": "web:1", "pull": "never", "replicas": 2, "ports": [{"container_port": 80}],
             "templates": [{"destination": "/index.html", "content": "{{ instance.id }} on {{ node.id }}"}]}
            """;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    @Nullable
    Path folder;

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void onTheEmbeddedBroker() {
        mainPath(server("nats-addr", "127.0.0.1:0"));
    }

    @Test
    void onAnOutsideNatsServer() throws IOException {
        int port = freePort();
        natsServer(port);
        mainPath(server("nats-url", "nats://127.0.0.1:" + port));
    }

    @Test
    void aServerStartsBeforeItsOutsideBroker() throws IOException {
        int port = freePort();
        KnitServer server = server("nats-url", "nats://127.0.0.1:" + port);
        assertThat(server.ready()).isFalse();
        assertThat(get(server, "/readyz").statusCode()).isEqualTo(503);
        assertThat(post(server, HELLO).statusCode()).isEqualTo(202);

        natsServer(port);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(server::ready);
    }

    private void mainPath(KnitServer server) {
        String transport = Objects.requireNonNull(server.endpoints().get("transport"));
        FakeEngine first = agent("n1", transport);
        FakeEngine second = agent("n2", transport);

        HttpResponse<String> accepted = post(server, HELLO);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        assertThat(accepted.headers().firstValue("Location")).contains("/deployments/hello");
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(get(server, "/deployments/hello").body()).contains("\"status\":\"running\""));
        assertThat(first.containers()).hasSize(1);
        assertThat(second.containers()).hasSize(1);

        assertThat(send(HttpRequest.newBuilder(uri(server, "/deployments/hello"))
                                .DELETE())
                        .statusCode())
                .isEqualTo(202);
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(get(server, "/deployments/hello").statusCode())
                                .isEqualTo(404));
        assertThat(first.containers()).isEmpty();
        assertThat(second.containers()).isEmpty();
        assertThat(rendered()).isEmpty();
    }

    private java.util.List<Path> rendered() {
        try (var files = Files.walk(Objects.requireNonNull(folder))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("rendered"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KnitServer server(String key, String value) {
        KnitServer server = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(Objects.requireNonNull(folder).resolve("server"))
                .discovery(FixedDiscovery.none())
                .config(key, value)
                .build();
        open.push(() -> await(server.close()));
        return await(server.start());
    }

    private FakeEngine agent(String id, String transport) {
        ThreadLoop loop = new ThreadLoop(id);
        open.push(loop);
        FakeEngine engine = new FakeEngine(id, loop).withImage("web:1");
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .dataDir(Objects.requireNonNull(folder).resolve(id))
                .config("nats-url", transport)
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none())
                .build();
        open.push(() -> await(agent.close()));
        await(agent.start());
        await(agent.joined());
        return engine;
    }

    private void natsServer(int port) throws IOException {
        assumeTrue(Files.isExecutable(NATS_SERVER), "nats-server is not installed: apt-get install nats-server");
        Process process = new ProcessBuilder(NATS_SERVER.toString(), "-a", "127.0.0.1", "-p", String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        open.push(() -> process.destroyForcibly().waitFor());
        Awaitility.await().ignoreExceptions().until(() -> {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static URI uri(KnitServer server, String path) {
        return URI.create(server.endpoints().get("http") + path);
    }

    private HttpResponse<String> get(KnitServer server, String path) {
        return send(HttpRequest.newBuilder(uri(server, path)));
    }

    private HttpResponse<String> post(KnitServer server, String body) {
        return send(HttpRequest.newBuilder(uri(server, "/deployments"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
