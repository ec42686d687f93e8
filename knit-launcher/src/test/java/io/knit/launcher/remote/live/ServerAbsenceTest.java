package io.knit.launcher.remote.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** By a server behind a proxy, which is away for some of what it is asked. */
@Timeout(60)
class ServerAbsenceTest {
    private static final String AWAY = "<html>bad gateway</html>";
    private static final String UNDER_WAY = "{\"volumes\":[{\"slot\":\"0\",\"node\":\"n1\",\"move\":{\"to\":\"n2\"}}]}";
    private static final String MOVED = "{\"volumes\":[{\"slot\":\"0\",\"node\":\"n1\",\"moved_to\":\"n2\"},"
            + "{\"slot\":\"0\",\"node\":\"n2\"}]}";

    private final Deque<String> answers = new ArrayDeque<>();
    private HttpServer server;
    private KnitClient knit;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean look = exchange.getRequestMethod().equals("GET");
            exchange.getRequestBody().readAllBytes();
            String words = look ? (answers.size() > 1 ? answers.remove() : answers.getFirst()) : "{}";
            byte[] body = words.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(words.startsWith("<") ? 502 : words.contains("code") ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        knit = KnitClient.of(URI.create(url()));
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Typed move(String... more) {
        String[] words = {"volume", "move", "books", "0", "--to", "n2"};
        String[] all =
                Stream.concat(List.of(words).stream(), List.of(more).stream()).toArray(String[]::new);
        return Typed.knit(Map.of("KNIT_SERVER", url()), all);
    }

    @Test
    @DisplayName("who waits for a move bears it that the server is away, also from the first look on")
    void moved() {
        answers.addAll(List.of(AWAY, UNDER_WAY, AWAY, MOVED));
        Typed typed = move("--wait");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.out()).contains("slot 0 of books is moved to n2");
    }

    @Test
    @DisplayName("of a server that is away until the time is over nothing else is said than that it may go on")
    void notSeen() {
        answers.add(AWAY);
        Typed typed = move("--timeout", "100ms");
        assertThat(typed.exitCode()).as(typed.err()).isEqualTo(4);
        assertThat(typed.err()).contains("slot 0 of books is not moved yet");
    }

    @Test
    @DisplayName("an absence is borne from its first look on for so long, and each anew; a refusal is none")
    void borne() {
        ServerAbsence none = new ServerAbsence(Duration.ZERO);
        answers.addAll(List.of(AWAY, "{\"nodes\":[]}", AWAY, AWAY, "{\"code\":\"not_found\",\"detail\":\"no\"}"));
        assertThat(none.look(() -> knit.nodes().toString(), "before")).isEqualTo("before");
        assertThat(none.look(() -> knit.nodes().toString(), "before")).isEqualTo("{\"nodes\":[]}");
        assertThat(none.look(() -> knit.nodes().toString(), "before")).isEqualTo("before");
        assertThatThrownBy(() -> none.look(() -> knit.nodes().toString(), "before"))
                .isInstanceOf(KnitClientException.class)
                .hasMessageContaining("answered 502");
        assertThatThrownBy(() -> new ServerAbsence().look(() -> knit.nodes().toString(), "before"))
                .isInstanceOf(KnitClientException.class)
                .hasMessage("no");
    }
}
