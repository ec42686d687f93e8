package io.knit.core.server.http.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void sendsWhatHappensFromNowOn() throws Exception {
        happen(3);
        try (RawHttp reader = open("/events", "")) {
            awaitListeners(1);
            server.orchestrator.event("node.ready", null, null, "n1", "n1 is\nready");

            assertThat(event(reader))
                    .containsExactly(
                            "id: 4",
                            "event: node.ready",
                            "data: {\"seq\":4,\"at\":\"2026-11-23T12:00:04Z\",\"type\":\"node.ready\",\"deployment\":null,"
                                    + "\"instance\":null,\"node\":\"n1\",\"message\":\"n1 is\\nready\"}");
        }
        awaitListeners(0);
    }

    @Test
    void goesOnWhereAReaderWas() throws Exception {
        happen(5);
        try (RawHttp reader = open("/events", "Last-Event-ID: 3\r\n")) {
            assertThat(event(reader)).contains("id: 4");
            assertThat(event(reader)).contains("id: 5");
            server.orchestrator.event("node.down", null, null, "n1", "x");
            assertThat(event(reader)).contains("id: 6", "event: node.down");
        }
        try (RawHttp reader = open("/events?after=0", "")) {
            assertThat(event(reader)).contains("id: 1");
        }
    }

    @Test
    void tellsWhenEventsAreMissing() throws Exception {
        server.orchestrator.kept = 2;
        happen(10);
        try (RawHttp reader = open("/events?after=1", "")) {
            assertThat(event(reader)).contains("event: reset").anyMatch(line -> line.contains("\"oldest\":9"));
            assertThat(event(reader)).contains("id: 9");
        }
        try (RawHttp reader = open("/events?after=999", "")) {
            assertThat(event(reader)).contains("event: reset");
            awaitListeners(1);
            server.orchestrator.event("node.down", null, null, "n1", "x");
            assertThat(event(reader)).contains("id: 11");
        }
    }

    @Test
    void sendsWhatIsAboutOneDeploymentOnly() throws Exception {
        happen(2);
        server.orchestrator.event("instance.running", "web", "web-0", "n1", "x");
        happen(2);
        try (RawHttp reader = open("/events?after=0&deployment=web", "")) {
            assertThat(event(reader)).contains("id: 3");
            awaitListeners(1);
            server.orchestrator.event("instance.running", "other", "other-0", "n1", "x");
            server.orchestrator.event("deployment.updated", "web", null, null, "x");
            assertThat(event(reader)).contains("id: 7");
        }
    }

    @Test
    void beginsAtATime() throws Exception {
        happen(5);
        try (RawHttp reader = open("/events?since=2026-11-23T12:00:03Z", "")) {
            assertThat(event(reader)).contains("id: 3");
        }
        try (RawHttp reader = open("/events?since=2026-11-23T11:00:00Z", "")) {
            assertThat(event(reader)).contains("id: 1");
        }
        try (RawHttp reader = open("/events?since=2026-11-23T13:00:00Z", "")) {
            awaitListeners(1);
            happen(1);
            assertThat(event(reader)).contains("id: 6");
        }
        try (RawHttp reader = open("/events?since=2026-11-23T12:00:03Z", "Last-Event-ID: 4\r\n")) {
            assertThat(event(reader)).as("who comes back goes on where he was").contains("id: 5");
        }
        server.orchestrator.kept = 2;
        happen(5);
        try (RawHttp reader = open("/events?since=2026-11-23T12:00:03Z", "")) {
            assertThat(event(reader)).as("some of that time are gone").contains("event: reset");
        }
        for (String wrong : List.of("since=yesterday", "since=", "since=2026-11-23T12:00:03Z&after=1")) {
            assertThat(server.get("/events?" + wrong).body()).contains("invalid_value");
        }
    }

    @Test
    void anEmptyLastEventIdIsAsIfLeftOut() throws Exception {
        happen(3);
        for (String headers : List.of("Last-Event-ID: \r\n", "Last-Event-ID:\t \r\n")) {
            try (RawHttp reader = open("/events?after=2", headers)) {
                assertThat(event(reader)).contains("id: 3");
            }
        }
    }

    @Test
    void refusesANumberThatIsNone() throws Exception {
        for (String after : List.of("x", "-1", "1.5", "%2B1", "%201", "9223372036854775808", "99999999999999999999")) {
            assertThat(server.get("/events?after=" + after).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aReaderThatDoesNotReadLosesNothingAndHoldsNobodyUp() throws Exception {
        server.orchestrator.kept = 100_000;
        try (RawHttp slow = open("/events?after=0", "")) {
            awaitListeners(1);
            String big = "x".repeat(10_000);
            for (int i = 0; i < 2_000; i++) {
                server.orchestrator.event("node.ready", null, null, "n1", big);
            }
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
            for (int i = 1; i <= 2_000; i++) {
                assertThat(event(slow)).contains("id: " + i);
            }
        }
    }

    @Test
    void manyReadersAreEachServed() throws Exception {
        List<RawHttp> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            readers.add(open("/events?after=0", ""));
        }
        // however many follow, who publishes calls one
        awaitListeners(1);
        happen(3);
        for (RawHttp reader : readers) {
            for (int i = 1; i <= 3; i++) {
                assertThat(event(reader)).contains("id: " + i);
            }
            reader.close();
        }
        awaitListeners(0);
    }

    @Test
    void closingTheServerEndsTheStreams() throws Exception {
        try (ApiServer own = new ApiServer();
                RawHttp reader = new RawHttp(own.api.port())) {
            reader.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(reader.line()).isEqualTo("HTTP/1.1 200 OK");
            await().until(() -> own.orchestrator.listeners.size() == 1);
            own.api.close().toCompletionStage().toCompletableFuture().get();
            assertThat(reader.rest()).doesNotContain("<");
            assertThat(own.orchestrator.listeners).isEmpty();
        }
    }

    private void happen(int events) {
        for (int i = 0; i < events; i++) {
            server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        }
    }

    private void awaitListeners(int count) {
        await().until(() -> server.orchestrator.listeners.size() == count);
    }

    private RawHttp open(String path, String headers) throws IOException {
        // HTTP/1.0: no chunks between the lines
        RawHttp raw = new RawHttp(server.api.port())
                .send("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n" + headers + "\r\n");
        assertThat(raw.line()).endsWith("200 OK");
        for (String line = raw.line(); !line.equals(": knit"); line = raw.line()) {
            assertThat(line).isNotEqualTo("<end>");
        }
        assertThat(raw.line()).isEmpty();
        return raw;
    }

    private static List<String> event(RawHttp raw) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = raw.line(); !line.isEmpty() || lines.isEmpty(); line = raw.line()) {
            assertThat(line).isNotEqualTo("<end>");
            if (!line.isEmpty() && !line.startsWith(":")) {
                lines.add(line);
            }
        }
        return lines;
    }
}
