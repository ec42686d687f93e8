package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogsOfSomeTest {
    private static Typed logs(String more) throws IOException {
        byte[] body = ("id: 1\nevent: line\ndata: {\"instance\":\"web-0\",\"stream\":\"stdout\",\"text\":\"hello\"}\n\n"
                        + more + "event: end\ndata: {}\n\n")
                .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            return Typed.knit(
                    Map.of(
                            "KNIT_SERVER",
                            "http://127.0.0.1:" + server.getAddress().getPort()),
                    "logs",
                    "web");
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("one of several instances that can't be read is a failure, beside what the others wrote")
    void oneOfSeveral() throws IOException {
        assertThat(logs("")).isEqualTo(new Typed(Exit.OK, "web-0  hello\n", ""));
        assertThat(logs("event: note\ndata: {\"instance\":\"web-1\",\"message\":\"n2 does not answer\"}\n\n"))
                .isEqualTo(new Typed(Exit.FAILED, "web-0  hello\n", "knit: web-1: n2 does not answer\n"));
    }
}
