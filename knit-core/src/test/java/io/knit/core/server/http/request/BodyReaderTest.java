package io.knit.core.server.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.http.connection.HttpLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Bodies have a total, a deadline and a size, packed or not. */
class BodyReaderTest {
    private static final String SPEC = "{\"name\":\"a\",\"image\":\"x:1\"}";
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void bodiesThatAreHeldBackNeverKeepOutOneThatComesAtOnce() throws Exception {
        try (ApiServer server = new ApiServer(limits(100, LONG))) {
            List<RawHttp> held = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                held.add(begun(server).send("{" + " ".repeat(500_000)));
            }
            // 40 halves of a MB, and room for 4 MiB: the oldest ones were told to go
            assertThat(held.get(0).line()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(held.get(0).rest()).contains("\"code\":\"busy\"", "send it again", "Retry-After: 1");
            assertThat(server.post("/deployments", SPEC).statusCode()).isEqualTo(202);
            assertThat(figure(server, "knit_http_body_bytes")).isBetween(1L, 4L << 20);
            // the newest was kept and may go on
            RawHttp newest = held.get(39).send(" ".repeat(499_999 - SPEC.length() + 1) + SPEC.substring(1));
            String answer = newest.line();
            assertThat(answer)
                    .as(() -> "the newest of 40: " + answer + " " + rest(newest))
                    .isEqualTo("HTTP/1.1 202 Accepted");
            for (RawHttp one : held) {
                one.close();
            }
            await().until(() -> figure(server, "knit_http_body_bytes") == 0);
        }
    }

    @Test
    void aBodyCountsUntilItsAnswer() throws Exception {
        try (ApiServer server = new ApiServer(limits(100, LONG))) {
            io.vertx.core.Promise<Void> gate = io.vertx.core.Promise.promise();
            server.orchestrator.gate = gate.future();
            List<RawHttp> waiting = new ArrayList<>();
            String large = SPEC + " ".repeat(1_000_000);
            for (int i = 0; i < 4; i++) {
                waiting.add(new RawHttp(server.api.port()).send(head("Content-Length: " + large.length()) + large));
            }
            await().until(() -> server.orchestrator.accepted.size() == 4);
            assertThat(server.post("/deployments", large).statusCode()).isEqualTo(503);
            gate.complete();
            for (RawHttp one : waiting) {
                assertThat(one.line()).isEqualTo("HTTP/1.1 202 Accepted");
                one.close();
            }
            await().until(() -> server.post("/deployments", large).statusCode() == 202);
        }
    }

    @Test
    void aBodyThatBringsNothingIsGivenUp() throws Exception {
        try (ApiServer server = new ApiServer(limits(100, Duration.ofMillis(200)));
                RawHttp raw = new RawHttp(server.api.port())) {
            raw.send(head("Content-Length: 100") + "{");
            assertThat(raw.line()).isEqualTo("HTTP/1.1 408 Request Timeout");
            assertThat(raw.rest()).contains("\"code\":\"too_slow\"", "check the Content-Length");
            assertThat(server.orchestrator.accepted).isEmpty();
        }
    }

    @Test
    void packedBodiesAreTaken() throws Exception {
        try (ApiServer server = new ApiServer()) {
            assertThat(packed(server, "gzip", gzip(SPEC.getBytes(StandardCharsets.UTF_8))))
                    .startsWith("HTTP/1.1 202 ");
            assertThat(packed(server, "X-GZIP", gzip(SPEC.getBytes(StandardCharsets.UTF_8))))
                    .startsWith("HTTP/1.1 202 ");
            assertThat(packed(server, "identity", SPEC.getBytes(StandardCharsets.UTF_8)))
                    .startsWith("HTTP/1.1 202 ");
        }
    }

    @Test
    void packedBodiesAreBounded() throws Exception {
        try (ApiServer server = new ApiServer()) {
            assertThat(packed(server, "gzip", gzip(new byte[64 << 20])))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("when unpacked");
            assertThat(packed(server, "gzip", SPEC.getBytes(StandardCharsets.UTF_8)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("not what Content-Encoding: gzip says");
            for (String other : List.of("br", "deflate", "gzip, gzip", "zstd", "gzip\r\nContent-Encoding: br")) {
                assertThat(packed(server, other, new byte[10]))
                        .startsWith("HTTP/1.1 415 ")
                        .contains("Accept-Encoding: gzip", "send the body as it is, or with gzip");
            }
            assertThat(server.orchestrator.accepted).isEmpty();
        }
    }

    @Test
    void oneConnectionTooManyIsToldSoAndTheRestIsServed() throws Exception {
        try (ApiServer server = new ApiServer(limits(5, LONG))) {
            List<RawHttp> open = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                open.add(new RawHttp(server.api.port()));
                open.get(i).send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(open.get(i).line()).isEqualTo("HTTP/1.1 200 OK");
            }
            try (RawHttp more = new RawHttp(server.api.port())) {
                more.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(more.rest())
                        .startsWith("HTTP/1.1 503 ")
                        .contains("5 connections already", "try again later");
            }
            for (int i = 0; i < 20; i++) {
                open.add(new RawHttp(server.api.port()));
            }
            open.get(24).send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(ended(open.get(24))).isTrue();
            open.get(0).send("GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(open.get(0).rest()).contains("HTTP/1.1 200 OK");
            for (RawHttp one : open) {
                one.close();
            }
            await().until(() -> server.get("/ping").statusCode() == 200);
        }
    }

    private static boolean ended(RawHttp raw) {
        try {
            return raw.line().equals("<end>");
        } catch (IOException e) {
            return true;
        }
    }

    /** A request of 1 MB whose head the server has read: those that come in one turn of its loop are read in no order. */
    private static RawHttp begun(ApiServer server) throws IOException {
        RawHttp raw = new RawHttp(server.api.port()).send(head("Expect: 100-continue\r\nContent-Length: 1000000"));
        assertThat(raw.line()).isEqualTo("HTTP/1.1 100 Continue");
        assertThat(raw.line()).isEmpty();
        return raw;
    }

    private static String rest(RawHttp raw) {
        try {
            return raw.rest();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static HttpLimits limits(int connections, Duration patience) {
        return new HttpLimits(
                connections, 4L << 20, 4L << 20, patience, 1000, Duration.ofSeconds(8), Duration.ofSeconds(15));
    }

    private static String packed(ApiServer server, String encoding, byte[] body) throws IOException {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send(head("Content-Encoding: " + encoding + "\r\nConnection: close\r\nContent-Length: " + body.length));
            raw.send(body);
            return raw.rest();
        }
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static String head(String headers) {
        return "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
                + "\r\n\r\n";
    }

    private static long figure(ApiServer server, String name) throws Exception {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }
}
