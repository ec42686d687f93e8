package io.knit.launcher.remote.inside;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** By a server of which one agent does not answer. */
class StatsTest {
    private static final Map<String, String> ANSWERS = Map.of(
            "/deployments/web/stats",
            "{\"instances\":[{\"instance\":\"web-0\",\"cpus\":0.5},"
                    + "{\"instance\":\"web-1\",\"error\":{\"code\":\"closed\",\"message\":\"n2 does not answer\"}}]}",
            "/deployments/api/stats",
            "{\"instances\":[{\"instance\":\"api-0\",\"cpus\":0.5}]}",
            "/nodes",
            "{\"nodes\":[{\"id\":\"n1\"},{\"id\":\"n2\"}]}",
            "/nodes/n1/stats",
            "{\"node\":\"n1\",\"cpus\":0.5}");

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String answer = ANSWERS.getOrDefault(
                    exchange.getRequestURI().getPath(), "{\"code\":\"closed\",\"detail\":\"n2 does not answer\"}");
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.contains("detail") ? 502 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Typed knit(String... words) {
        return Typed.knit(
                Map.of("KNIT_SERVER", "http://127.0.0.1:" + server.getAddress().getPort()), words);
    }

    @Test
    @DisplayName(
            "what was named and can't be had is a failure, beside what can; of all hosts those that are down are none")
    void named() {
        Typed some = knit("stats", "api", "web");
        assertThat(some.out()).contains("api-0", "web-0", "n2 does not answer");
        assertThat(some.exitCode()).isEqualTo(1);
        assertThat(knit("stats", "web", "-o", "json").exitCode()).isEqualTo(1);
        assertThat(knit("stats", "api").exitCode()).isZero();
        Typed hosts = knit("stats");
        assertThat(hosts.out()).contains("n1", "n2 does not answer");
        assertThat(hosts.exitCode()).isZero();
    }
}
