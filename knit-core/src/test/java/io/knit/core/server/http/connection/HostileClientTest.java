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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    @ValueSource(strings = {"/nodes", "/events"})
    void anOldClientThatKeepsItsConnectionSeesTheEndOfWhatHasNoLength(String path) throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("GET " + path + " HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
            assertThat(raw.line()).isEqualTo("HTTP/1.0 200 OK");
            String head = "";
            for (String line = raw.line(); !line.isEmpty(); line = raw.line()) {
                head += line + "\n";
            }
            assertThat(head).containsIgnoringCase("connection: close").doesNotContainIgnoringCase("keep-alive");
            if (path.equals("/nodes")) {
                assertThat(raw.rest()).startsWith("{\"nodes\":[").endsWith("}");
            }
        }
        try (RawHttp raw = new RawHttp(server.api.port())) {
            String get = "GET /ping HTTP/1.0\r\nHost: localhost\r\nConnection: ";
            raw.send(get + "keep-alive\r\n\r\n" + get + "close\r\n\r\n");
            String[] answers = raw.rest().split("pong", -1);
            assertThat(answers).as("what has a length").hasSize(3);
            assertThat(answers[0]).containsIgnoringCase("connection: keep-alive");
        }
    }

    /** The kernel's list of connections has the timer of each: 02 is that of keep-alive, with when it is due in hundredths of a second. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whoVanishesWithoutAWordIsMissedByTheKernel() throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(raw.line()).isEqualTo("HTTP/1.1 200 OK");
            // what was sent may have to be acknowledged first
            await().untilAsserted(() -> assertThat(timers()).singleElement().satisfies(timer -> {
                assertThat(timer).startsWith("02:");
                assertThat(Integer.parseInt(timer.substring(3), 16)).isBetween(1, 100 * KeptAlive.IDLE_SECONDS);
            }));
        }
    }

    private List<String> timers() {
        String here = String.format(Locale.ROOT, ":%04X", server.api.port());
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .filter(Files::exists)
                .flatMap(HostileClientTest::lines)
                .map(line -> line.strip().split("\\s+"))
                // its own end, and established
                .filter(words -> words[1].endsWith(here) && words[3].equals("01"))
                .map(words -> words[5])
                .toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
