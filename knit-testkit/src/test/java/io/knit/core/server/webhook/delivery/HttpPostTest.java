package io.knit.core.server.webhook.delivery;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.knit.core.server.webhook.WebhookCommands;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against receivers that listen on loopback. */
class HttpPostTest {
    private final Vertx vertx = Vertx.vertx();
    /** In the time that is given in production: how soon a busy machine answers is asked of none but {@link #hurried}. */
    private final HttpPost post = new HttpPost(vertx);

    private final HttpPost hurried = new HttpPost(vertx, Duration.ofSeconds(1));
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(threads);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("webhook-id") + " "
                    + exchange.getRequestHeaders().getFirst("content-type") + " " + body);
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/slow")) {
                hang();
            }
            if (path.equals("/trickle")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('.');
                exchange.getResponseBody().flush();
                hang();
                exchange.close();
            }
            if (path.equals("/endless")) {
                exchange.sendResponseHeaders(200, 0);
                endless(exchange.getResponseBody());
            }
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.getResponseHeaders()
                    .set("Retry-After", path.equals("/502") ? "Fri, 31 Dec 9999 23:59:59 GMT" : "7");
            exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), -1);
            exchange.close();
        });
        receiver.start();
    }

    private void hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endless(OutputStream out) throws IOException {
        byte[] piece = new byte[8 << 10];
        while (true) {
            out.write(piece);
        }
    }

    @AfterEach
    void close() {
        end.countDown();
        receiver.stop(0);
        threads.shutdownNow();
        await(vertx.close());
    }

    private String url(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    private Post.Answer send(String path) {
        return await(post.send(url(path), Map.of("webhook-id", "m1"), "{\"a\":\"☂\"}"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 301, 302, 303, 307, 400, 410, 500, 503})
    @DisplayName("the answer is told, and no redirect is followed")
    void answers(int status) {
        assertThat(send("/" + status)).isEqualTo(new Post.Answer(status, Duration.ofSeconds(7)));
        assertThat(received).containsExactly("POST /" + status + " m1 application/json {\"a\":\"☂\"}");
    }

    @Test
    @DisplayName("when to come again may be a date, which counts from the answer's own")
    void askedWithADate() {
        assertThat(send("/502").asked()).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    @DisplayName("who does not answer in time is given up; the next message is not held up")
    void slow() {
        assertThatThrownBy(() -> await(hurried.send(url("/slow"), Map.of("webhook-id", "m1"), "{}")))
                .hasMessageContaining("did not answer within 1 s");
        assertThat(send("/200").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("webhooks that lead to one receiver do not wait for each other")
    void besideSlowOnes() {
        List<Future<Post.Answer>> slow = Stream.generate(
                        () -> post.send(url("/slow"), Map.of("webhook-id", "m1"), "{}"))
                .limit(WebhookCommands.MOST - 1)
                .toList();
        assertThat(send("/200").status()).isEqualTo(200);
        assertThat(slow).noneMatch(Future::isComplete);
    }

    @Test
    @DisplayName("what was given up before there was a connection is not sent when there is one")
    void givenUp() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> before = new ArrayList<>();
            while (isConnected(deaf, before)) {
                assertThat(before).hasSizeLessThan(20);
            }
            String there = "http://127.0.0.1:" + deaf.getLocalPort() + "/";
            assertThatThrownBy(() -> await(hurried.send(there, Map.of(), "{}")))
                    .hasMessageContaining("did not answer within 1 s");
            for (int i = 0; i < before.size(); i++) {
                deaf.accept().close();
            }
            // the kernel asks again after a second, and after three
            deaf.setSoTimeout(10_000);
            try (Socket late = deaf.accept()) {
                late.setSoTimeout(1_000);
                assertThat(isSilent(late)).isTrue();
            }
        }
    }

    private static boolean isConnected(ServerSocket to, List<Socket> sockets) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        try {
            socket.connect(to.getLocalSocketAddress(), 300);
            return true;
        } catch (SocketTimeoutException e) {
            sockets.remove(socket);
            socket.close();
            return false;
        }
    }

    private static boolean isSilent(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    @Test
    @DisplayName("an answer whose body does not come on holds its connection for no longer than an answer may take")
    void trickle() {
        for (int i = 0; i < WebhookCommands.MOST; i++) {
            assertThat(await(hurried.send(url("/trickle"), Map.of(), "{}")).status())
                    .isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(
                        await(hurried.send(url("/204"), Map.of(), "{}")).status())
                .isEqualTo(204));
    }

    @Test
    @DisplayName("an answer without an end is cut off, and costs no memory")
    void endless() {
        for (int i = 0; i < 10; i++) {
            assertThat(send("/endless").status()).isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(send("/204").status()).isEqualTo(204));
    }

    @Test
    @DisplayName("who shows a certificate that nobody vouches for is sent nothing")
    void untrusted() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        io.vertx.core.http.HttpServer secure = await(vertx.createHttpServer(
                        new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> {
                    received.add(request.uri());
                    request.response().end();
                })
                .listen(0, "127.0.0.1"));
        assertThatThrownBy(() -> await(post.send("https://localhost:" + secure.actualPort() + "/", Map.of(), "{}")))
                .hasMessageContaining("TLS certificate is not trusted");
        assertThat(received).isEmpty();
        certificate.delete();
    }

    @Test
    @DisplayName("who can't be reached is told in words that name no URL")
    void unreachable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> await(post.send("http://127.0.0.1:" + free + "/s3cret", Map.of(), "{}")))
                .hasMessageContaining("could not be reached")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> await(post.send("http://no-such-host.invalid/", Map.of(), "{}")))
                .hasMessageMatching(".*(has no address|did not answer within).*");
    }
}
