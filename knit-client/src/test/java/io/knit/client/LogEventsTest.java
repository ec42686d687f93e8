package io.knit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClientException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of lines where the way to them breaks. */
@Timeout(30)
class LogEventsTest {
    private static final String END = "event: end\ndata: {}\n\n";
    private static final String BEGIN = "retry: 1000\n: knit\n\n";

    private final Deque<String> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> read = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private Duration held = Duration.ZERO;
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    /** The next answer; the last one is given again and again. */
    private void answer(HttpExchange exchange) throws IOException {
        String from = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        asked.add(exchange.getRequestURI().getQuery() + (from == null ? "" : " from " + from));
        String next = answers.size() > 1 ? answers.remove() : answers.getFirst();
        byte[] body = next.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(next.startsWith("{") ? 503 : 200, 0);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        if (asked.size() == 2) {
            hold();
        }
        exchange.close();
    }

    private void hold() throws IOException {
        try {
            assertThat(never.await(held.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void reading(LogTerms terms, Duration away) {
        reading(terms, away, it -> read.add(it.path("text").asText()));
    }

    private void reading(LogTerms terms, Duration away, Consumer<JsonNode> reader) {
        URI here = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        Requests requests = new Requests(here, HttpClient.newHttpClient(), null);
        new LogEvents(requests, "/instances/web-0/logs", terms, reader, away).read();
    }

    private static String line(int second, String text) {
        String time = Instant.parse("2026-11-30T03:00:00Z").plusSeconds(second).toString();
        return "id: " + time + "\nevent: line\ndata: {\"instance\":\"web-0\",\"time\":\"" + time
                + "\",\"stream\":\"stdout\",\"text\":\"" + text + "\"}\n\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "event: error\ndata: {\"code\":\"closed\",\"message\":\"the server was stopped\"}\n\n"})
    @DisplayName("a server that goes before there was a line is asked again for the same")
    void beforeTheFirstLine(String ending) {
        answers.add(BEGIN + ending);
        answers.add("{\"code\":\"transport_unavailable\",\"detail\":\"n1 is not connected\"}");
        answers.add(BEGIN + line(1, "a") + END);
        reading(new LogTerms(true, 7, null), Duration.ofSeconds(30));
        assertThat(read).containsExactly("a");
        assertThat(asked).containsExactly("follow=true&tail=7", "follow=true&tail=7", "follow=true&tail=7");
    }

    @Test
    @DisplayName("what a call of the reader's own fails with ends the reading, as all that it throws")
    void failsInTheReader() {
        answers.add(BEGIN + line(1, "a") + line(2, "b") + END);
        KnitClientException of = KnitClientException.of(Kind.UNREACHABLE, "another server is not there");
        assertThatThrownBy(() -> reading(LogTerms.all(), Duration.ofSeconds(30), line -> {
                    read.add(line.path("text").asText());
                    throw of;
                }))
                .isSameAs(of);
        assertThat(read).containsExactly("a");
        assertThat(asked).hasSize(1);
    }

    @Test
    @DisplayName("of the parts of a long line, which have one time, those that were not had are read on, and no other")
    void inALongLine() {
        String rest = line(2, "c") + line(2, "d") + line(3, "e");
        answers.add(line(1, "a") + line(2, "b") + line(2, "b"));
        answers.add(line(2, "b") + line(2, "b") + line(2, "c"));
        answers.add(line(2, "b") + line(2, "b") + rest + END);
        reading(LogTerms.all(), Duration.ofSeconds(30));
        assertThat(read).containsExactly("a", "b", "b", "c", "d", "e");
        assertThat(asked.subList(1, 3)).containsOnly("null from 2026-11-30T03:00:01.999999999Z");
    }

    @Test
    @DisplayName("what is refused from the first is not asked for again")
    void neverAnswered() {
        answers.add("{\"code\":\"transport_unavailable\",\"detail\":\"n1 is down\"}");
        KnitClientException refused =
                catchThrowableOfType(KnitClientException.class, () -> reading(LogTerms.all(), Duration.ofSeconds(30)));
        assertThat(refused).hasMessage("n1 is down");
        assertThat(asked).hasSize(1);
    }

    @Test
    @DisplayName("what fails again and again is given up when it has failed for so long")
    void givenUp() {
        answers.add(BEGIN + line(1, "a"));
        answers.add(BEGIN);
        KnitClientException away = catchThrowableOfType(
                KnitClientException.class, () -> reading(LogTerms.all(), Duration.ofMillis(1_500)));
        assertThat(away.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(read).containsExactly("a");
        assertThat(asked.subList(1, asked.size()))
                .isNotEmpty()
                .containsOnly("null from 2026-11-30T03:00:00.999999999Z");
    }

    @Test
    @DisplayName("what stood long without a line and breaks then is as new")
    void quiet() {
        held = Duration.ofMillis(2_000);
        answers.add(BEGIN);
        answers.add(BEGIN);
        answers.add(BEGIN + line(1, "a") + END);
        reading(LogTerms.all(), Duration.ofMillis(1_500));
        assertThat(read).containsExactly("a");
    }
}
