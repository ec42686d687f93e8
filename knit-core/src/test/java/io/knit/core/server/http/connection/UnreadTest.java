package io.knit.core.server.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that ask and do not read share a total, and who reads is never the one that makes room. */
class UnreadTest {
    private static final long MOST = 4L << 20;
    private static final int SIZE = 1_000_000;

    private final List<RawHttp> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // each test says how much there may be
    private ApiServer server;

    private void start(long most) throws Exception {
        server = new ApiServer(new HttpLimits(
                500, MOST, most, Duration.ofMinutes(5), 1000, Duration.ofSeconds(1), Duration.ofSeconds(15)));
        put("big", SIZE);
    }

    @AfterEach
    void stop() throws IOException {
        for (RawHttp one : open) {
            one.close();
        }
        server.close();
    }

    /** What each connection asks for, and how often: more than the sockets' buffers take, which is about 3 MB. */
    @ParameterizedTest
    @CsvSource({
        "/deployments/big, 4000000, 12, 5",
        "/deployments, 4000000, 12, 5",
        "/dashboard, 400000, 4, 60",
        "/dashboard/style.css, 400000, 12, 520",
    })
    void answersThatNobodyReadsMakeRoomForThoseThatAreRead(String path, long most, int connections, int times)
            throws Exception {
        start(most);
        for (int i = 0; i < 100; i++) {
            put("d" + i, 10);
        }
        for (int i = 0; i < connections; i++) {
            ask(get(path, "").repeat(times));
        }
        await().until(() -> figure("knit_http_client_faults_total") > 0);
        assertThat(figure("knit_http_unread_bytes")).isBetween(1L, most);
        assertThat(server.get("/deployments/big").body()).hasSizeGreaterThan(SIZE);
        assertThat(server.get("/deployments").body()).hasSizeGreaterThan(SIZE);
        assertThat(server.get("/dashboard").statusCode()).isEqualTo(200);
        for (RawHttp one : open) {
            one.close();
        }
        await().until(() -> figure("knit_http_unread_bytes") < 10_000);
    }

    @Test
    void whoReadsSlowlyIsServedWhileOthersDoNotRead() throws Exception {
        int size = 24_000_000;
        start(32_000_000);
        put("huge", size);
        put("large", 5_000_000);
        RawHttp slow = new RawHttp(server.api.port(), 1_000_000);
        open.add(slow.send(get("/deployments/huge", "Connection: close\r\n")));
        StringBuilder answer = new StringBuilder();
        for (int others = 1; others <= 4; others++) {
            ask(get("/deployments/large", ""));
            int cutOff = others - 1;
            await().until(() -> figure("knit_http_client_faults_total") == cutOff);
            // more than all that the sockets hold: the server must have sent some of it since then
            answer.append(slow.some(5_500_000));
        }
        answer.append(slow.rest());
        assertThat(answer.length()).isGreaterThan(size);
        assertThat(answer).endsWith("}");
    }

    @Test
    void requestsThatWaitBehindAnUnreadAnswerCount() throws Exception {
        start(MOST);
        String ping = "GET /ping HTTP/1.1\r\nHost: localhost\r\n";
        for (String more : List.of((ping + "\r\n").repeat(1_000), (ping + "a:\r\n".repeat(1_000) + "\r\n").repeat(8))) {
            long before = figure("knit_http_unread_bytes");
            RawHttp client = new RawHttp(server.api.port(), 16_000);
            open.add(client);
            // what it reads in one go grows with what it finds there: 2 KiB first, then 32
            String body = "{\"name\":\"a\",\"image\":\"x:1\"}" + " ".repeat(40_000);
            inOneGo(
                    client,
                    "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
            inOneGo(client, get("/deployments/big", "").repeat(6) + more);
            await().untilAsserted(
                            () -> assertThat(figure("knit_http_unread_bytes")).isGreaterThan(before + SIZE + 150_000));
        }
    }

    @Test
    void aListOfLargeElementsKeepsOne() throws Exception {
        start(MOST);
        for (int i = 0; i < 20; i++) {
            put("big" + i, SIZE);
        }
        ask(get("/deployments", ""));
        await().during(Duration.ofMillis(300))
                .untilAsserted(
                        () -> assertThat(figure("knit_http_unread_bytes")).isBetween(10_000L, 2L * SIZE));
    }

    @Test
    void eventsThatNobodyReadsCount() throws Exception {
        start(1_500_000);
        for (int i = 0; i < 10; i++) {
            ask(get("/events?after=0", ""));
        }
        for (RawHttp reader : open) {
            assertThat(reader.line()).endsWith("200 OK");
        }
        String message = "x".repeat(20_000);
        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            for (int i = 0; i < 20; i++) {
                server.orchestrator.event("node.ready", null, null, "n1", message);
            }
            return figure("knit_http_client_faults_total") > 0;
        });
        assertThat(figure("knit_http_unread_bytes")).isBetween(1L, 1_500_000L);
    }

    private void put(String name, int size) {
        server.orchestrator.put(
                DeploymentSpec.builder(name, "x:1").env("A", "x".repeat(size)).build(),
                DeploymentStatus.RUNNING,
                List.of());
    }

    private void ask(String requests) throws IOException {
        open.add(new RawHttp(server.api.port(), 16_000).send(requests));
    }

    /** Holds the server until all of it has come: how much is read at once is else the operating system's affair. */
    private void inOneGo(RawHttp client, String requests) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        server.orchestrator.readyAsked = () -> {
            held.countDown();
            try {
                assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            client.send(get("/readyz", ""));
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
            client.send(requests);
        } finally {
            server.orchestrator.readyAsked = () -> {};
            sent.countDown();
        }
    }

    private static String get(String path, String headers) {
        return "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, headers);
    }

    private long figure(String name) throws Exception {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }
}
