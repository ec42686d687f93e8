package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.nats.broker.client.Departed;
import io.knit.testkit.Futures;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorSafetyTest {
    private final EmbeddedNats nats =
            await(EmbeddedNats.builder().monitoring("127.0.0.1", 0).start());
    private final String url = nats.monitoringUrl().orElseThrow();
    private final Web web = new Web(url);

    @AfterEach
    void close() {
        await(nats.close());
    }

    @Test
    @DisplayName("nothing listens unless told to")
    void offByDefault() {
        EmbeddedNats quiet = await(EmbeddedNats.builder().start());
        assertThat(quiet.monitoringUrl()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .filteredOn(name -> name.startsWith("knit-nats-monitor"))
                .as("only that of the other broker")
                .hasSizeLessThanOrEqualTo(1);
        await(quiet.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
    void onlyReads(String method) {
        assertThat(raw(method + " /varz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("allow: GET, HEAD");
    }

    @Test
    void headGivesWhatGetDoesWithoutItsBody() {
        String head = raw("HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertThat(head)
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("content-length: 15")
                .endsWith("\r\n\r\n");
    }

    @Test
    void tellsBrowsersToBeCareful() {
        for (String path : List.of("/", "/varz", "/nothing", "/connz?sort=x")) {
            Web.Answer answer = web.get(path);
            assertThat(answer.headers().firstValue("content-security-policy"))
                    .get()
                    .asString()
                    .contains("default-src 'none'");
            assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
            assertThat(answer.headers().firstValue("access-control-allow-origin"))
                    .isEmpty();
        }
        assertThat(web.get("/connz?callback=steal").body()).as("no JSONP").startsWith("{");
    }

    @Test
    @DisplayName("a name of somebody else's that leads here is refused")
    void foreignHost() {
        assertThat(status("evil.example")).isEqualTo(403);
        assertThat(status("evil.example:8222")).isEqualTo(403);
        assertThat(status("127.0.0.1.evil.example")).isEqualTo(403);
        assertThat(status("127.0.0.1\r\nHost: evil.example")).isEqualTo(403);
        assertThat(status("127.0.0.1:1")).isEqualTo(200);
        assertThat(status("localhost")).isEqualTo(200);
        assertThat(status("[::1]:8222")).isEqualTo(200);
    }

    private int status(String host) {
        String answer = raw("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    @Test
    @DisplayName("a request that is too long, or none, ends with 400 and harms nobody")
    void malformed() {
        List<String> requests = List.of(
                "GET /varz?" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n",
                "GET /varz HTTP/1.1\r\n" + ("X: " + "a".repeat(1000) + "\r\n").repeat(9) + "\r\n",
                "GET /connz?cid=%zz HTTP/1.1\r\n\r\n",
                "\u0000\u0001\u0002 nonsense\r\n\r\n");
        assertThat(requests).allSatisfy(request -> assertThat(raw(request)).startsWith("HTTP/1.1 400 "));
        assertThat(web.get("/healthz").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("three hundred half requests keep nobody out, are bounded, and harm no client of the broker")
    void manyConnections() throws IOException {
        List<Socket> held = new ArrayList<>();
        try (RawClient client = RawClient.quiet(nats.port())) {
            for (int i = 0; i < 300; i++) {
                Socket socket = connect();
                socket.getOutputStream().write("GET /va".getBytes(StandardCharsets.US_ASCII));
                held.add(socket);
            }
            assertThat(web.get("/healthz").status()).isEqualTo(200);
            assertThat(web.json("/varz").getInteger("connections")).isEqualTo(1);
            long refused = 0;
            for (Socket socket : held.subList(0, 200)) {
                refused += isClosed(socket) ? 1 : 0;
            }
            assertThat(refused).isEqualTo(200);
            assertThat(client.answers()).isEmpty();
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .ignoreExceptions()
                .until(() -> web.get("/healthz").status() == 200);
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(3000); // much less than a guest may stay
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @DisplayName("strangers' bytes stay inside a JSON string, and are no labels")
    void strangersBytes() {
        try (RawClient client = new RawClient(nats.port())) {
            String name = "\\\"},{\\n\\u0000</script>\\ud800";
            client.send("CONNECT {\"verbose\":false,\"name\":\"" + name + "\"}\r\n");
            client.send("SUB a\"},\u0001\u00ff{} 1\r\nSUB evil\"} q\" 2\r\nPUB evil\"} 0\r\n\r\n")
                    .answers();
            JsonArray all = web.json("/connz?subs=detail").getJsonArray("connections");
            assertThat(all.getJsonObject(0).getString("name")).startsWith("\"},{\n\u0000</script>");
            assertThat(all.getJsonObject(0).getJsonArray("subscriptions_list_detail").stream()
                            .map(entry -> ((JsonObject) entry).getString("subject")))
                    .containsExactlyInAnyOrder("a\"},\u0001\ufffd{}", "evil\"}");
            assertThat(web.get("/metrics").body()).doesNotContain("evil").doesNotContain("{");
        }
    }

    @Test
    @DisplayName("what is remembered of those that left is bounded")
    void departed() {
        for (int i = 0; i < Departed.MOST + 50; i++) {
            new RawClient(nats.port()).close();
        }
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats.clients() == 0);
        assertThat(web.json("/connz?state=closed").getInteger("total")).isEqualTo(Departed.MOST);
        assertThat(web.json("/varz").getInteger("total_connections")).isEqualTo(Departed.MOST + 50);
    }

    @Test
    @DisplayName("the client with the longest way comes first, if asked for")
    void sortedByRoundTrip() {
        try (RawClient first = RawClient.quiet(nats.port());
                RawClient second = RawClient.quiet(nats.port())) {
            first.answers();
            second.answers();
            JsonArray all = web.json("/connz?sort=rtt").getJsonArray("connections");
            assertThat(all).hasSize(2);
            assertThat(nanos(all.getJsonObject(0))).isGreaterThanOrEqualTo(nanos(all.getJsonObject(1)));
        }
    }

    private static double nanos(JsonObject connection) {
        String rtt = connection.getString("rtt");
        double value = Double.parseDouble(rtt.replaceAll("[^0-9.]", ""));
        return value * (rtt.endsWith("ms") ? 1e6 : rtt.endsWith("µs") ? 1e3 : rtt.endsWith("ns") ? 1 : 1e9);
    }

    @Test
    @DisplayName("counters never go down, whoever comes and goes meanwhile")
    void neverDown() {
        long before = 0;
        for (int i = 0; i < 200; i++) {
            try (RawClient client = RawClient.quiet(nats.port())) {
                client.send("SUB " + i + " 1\r\nPUB " + i + " 3\r\nabc\r\n").answers();
            }
            long now = web.json("/varz").getLong("out_bytes");
            assertThat(now).isGreaterThanOrEqualTo(before + 3);
            before = now;
        }
        assertThat(before).isEqualTo(600);
    }

    @Test
    @DisplayName("Prometheus' text: each figure has help, type and a number")
    void metrics() {
        Web.Answer answer = web.get("/metrics");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        List<String> names =
                nats.figures().stream().map(figure -> figure.name()).toList();
        assertThat(names).contains("knit_nats_connections", "knit_nats_in_messages_total", "knit_nats_out_bytes_total");
        assertThat(answer.body())
                .isEqualTo(answer.body().lines().map(line -> line + "\n").collect(Collectors.joining()));
        assertThat(answer.body().lines().filter(line -> line.startsWith("# TYPE")))
                .hasSameSizeAs(names);
        assertThat(answer.body().lines().filter(line -> !line.startsWith("#")))
                .hasSameSizeAs(names)
                .allMatch(line -> line.matches("knit_nats_[a-z_]+ [0-9.E-]+"));
    }

    @Test
    @DisplayName("a port in use is a clear failure, and leaves no broker behind")
    void portInUse() {
        int taken = URI.create(url).getPort();
        int free = NatsServerProcess.freePort();
        KnitException failure = failure(EmbeddedNats.builder()
                .address("127.0.0.1", free)
                .monitoring("127.0.0.1", taken)
                .start());
        assertThat(failure.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(failure).hasMessageContaining("monitoring address 127.0.0.1:" + taken + " is in use");
        await(await(EmbeddedNats.builder().address("127.0.0.1", free).start()).close());
    }

    @Test
    @DisplayName("a client that reads too slowly is counted and remembered with its reason")
    void slowConsumer() {
        EmbeddedNats small = await(EmbeddedNats.builder()
                .maxPending(2048)
                .monitoring("127.0.0.1", 0)
                .start());
        Web of = new Web(small.monitoringUrl().orElseThrow());
        try (RawClient slow = RawClient.quiet(small.port());
                RawClient fast = RawClient.quiet(small.port())) {
            slow.send("SUB a 1\r\n").answers();
            // one message above the limit: how many smaller ones the system takes by itself is its own matter
            fast.send("PUB a 3000\r\n" + "x".repeat(3000) + "\r\n").answers();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> small.clients() == 1);
            assertThat(of.json("/varz").getInteger("slow_consumers")).isEqualTo(1);
            assertThat(of.json("/varz").getJsonObject("slow_consumer_stats").getInteger("clients"))
                    .isEqualTo(1);
            assertThat(of.json("/varz").getJsonObject("stale_connection_stats").getInteger("clients"))
                    .isZero();
            assertThat(of.json("/connz?state=closed")
                            .getJsonArray("connections")
                            .getJsonObject(0)
                            .getString("reason"))
                    .isEqualTo("Slow Consumer (Pending Bytes)");
        }
        await(small.close());
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), URI.create(url).getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private String raw(String request) {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
