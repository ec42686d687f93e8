package io.knit.core.server.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A close finishes what is under way. */
class ClosingTest {
    private static final String SPEC = "{\"name\":\"a\",\"image\":\"x:1\"}";

    @Test
    void whatIsUnderWayIsAnsweredAndNothingNewIsTaken() throws Exception {
        try (ApiServer server = new ApiServer();
                RawHttp busy = new RawHttp(server.api.port());
                RawHttp idle = new RawHttp(server.api.port())) {
            Promise<Void> gate = Promise.promise();
            server.orchestrator.gate = gate.future();
            busy.send(
                    "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + SPEC.length() + "\r\n\r\n" + SPEC);
            await().until(() -> server.orchestrator.accepted.size() == 1);
            int port = server.api.port();

            Future<Void> closed = server.api.close();
            assertThat(idle.line()).isEqualTo("<end>");
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawHttp(port).close()).isInstanceOf(IOException.class));
            assertThat(closed.isComplete()).isFalse();
            gate.complete();

            assertThat(busy.rest()).startsWith("HTTP/1.1 202 ").contains("\"name\":\"a\"");
            await().until(closed::succeeded);
        }
    }

    @Test
    void aLongAnswerArrivesWhole() throws Exception {
        try (ApiServer server = new ApiServer();
                RawHttp reader = new RawHttp(server.api.port())) {
            for (int i = 0; i < 500; i++) {
                server.orchestrator.put(
                        DeploymentSpec.builder("d" + i, "x:1")
                                .env("A", "x".repeat(20_000))
                                .build(),
                        DeploymentStatus.RUNNING,
                        List.of());
            }
            reader.send("GET /deployments HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(reader.line()).isEqualTo("HTTP/1.1 200 OK");
            server.api.close();
            assertThat(reader.rest()).endsWith("]}\r\n0\r\n\r\n");
        }
    }

    @Test
    void anIdleServerClosesAtOnceAndMayBeClosedAgain() throws Exception {
        try (ApiServer server = new ApiServer();
                RawHttp events = new RawHttp(server.api.port())) {
            events.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(events.line()).isEqualTo("HTTP/1.1 200 OK");
            Future<Void> first = server.api.close();
            Future<Void> second = server.api.close();
            await().until(() -> first.succeeded() && second.succeeded());
            assertThat(events.rest()).endsWith("0\r\n\r\n");
        }
    }
}
