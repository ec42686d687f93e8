package io.knit.core.server.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a client did is no fault of the server: it is answered and counted, and the log stays empty. */
class HostileClientTest {
    private static final String CHUNKED =
            "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        log.start();
        root().addAppender(log);
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
        root().detachAppender(log);
        assertThat(List.copyOf(log.list))
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .filteredOn(line -> !line.getLoggerName().endsWith("BlockedThreadChecker"))
                .isEmpty();
    }

    @Test
    void pipelinedRequestsAreAllAnswered() throws Exception {
        String get = "GET /ping HTTP/1.1\r\nHost: localhost\r\n";
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send((get + "\r\n").repeat(2_000) + get + "Connection: close\r\n\r\n");
            assertThat(raw.rest().split("\\{\"message\":\"pong\"}", -1)).hasSize(2_002);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n{}", "2\r\n{}\r\nzz\r\n", "-1\r\n", "fffffffffffffffff\r\n"})
    void aBadChunkSizeIsAnswered(String body) throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send(CHUNKED + body);
            assertThat(raw.rest()).startsWith("HTTP/1.1 400 ").contains("\"code\":\"invalid_value\"", "broke off");
        }
        assertThat(faults()).isPositive();
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/deployments/%zz", "/%", "/deployments/a%2", "/dashboard%", "/events?after=%zz", "/ping?%zz"})
    void aBadEscapeIsAnswered(String path) throws Exception {
        String answer = answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("\"code\":\"invalid_value\"")
                .containsIgnoringCase("frame-ancestors 'none'");
    }

    @ParameterizedTest
    @CsvSource({
        "'NONSENSE\r\n\r\n', 400",
        "'GET /ping HTTP/1.1\r\nno colon here\r\n\r\n', 400",
        "'GET /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n', 400",
        "'GET /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400",
    })
    void whatIsNoRequestIsAnswered(String request, int status) throws Exception {
        assertThat(answer(request)).contains(" " + status + " ").contains("\"code\":\"invalid_value\"");
        assertThat(faults()).isPositive();
    }

    @Test
    void headsThatAreTooLongAreAnswered() throws Exception {
        assertThat(answer("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ")
                .contains("longer than the 16 KiB that the server reads; send less");
        assertThat(answer("GET /" + "x".repeat(16_000) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .as("as long as a command of exec may be")
                .contains(" 404 ");
        assertThat(answer("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .contains(" 431 ")
                .contains("send fewer or shorter ones");
    }

    @Test
    void whoLeavesInTheMiddleIsOnlyCounted() throws Exception {
        for (String request : new String[] {
            CHUNKED + "5\r\n{}",
            "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{}",
            "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /pi",
        }) {
            try (RawHttp raw = new RawHttp(server.api.port())) {
                raw.send(request);
                await().until(() -> figure("knit_http_connections") >= 1);
            }
        }
        await().until(() -> figure("knit_http_body_bytes") == 0);
        await().until(() -> server.orchestrator.listeners.isEmpty());
    }

    private String answer(String request) throws IOException {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            return raw.send(request).rest();
        }
    }

    private long faults() throws Exception {
        return figure("knit_http_client_faults_total");
    }

    private long figure(String name) throws Exception {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
