package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code knit explain} asks more than once, and fleets go on meanwhile. */
class ExplainTest {
    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();

    @Test
    @DisplayName("a deployment that is taken away between two questions is told of as the first was answered")
    void goneMeanwhile() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("deploy", "--wait", fleet.file("web.yaml", RemoteFleet.spec("web", "keep_failed: 1")));
            HttpServer between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            between.createContext("/", exchange -> pass(fleet, exchange));
            between.start();
            try {
                Typed typed = Typed.knit(
                        Map.of(
                                "KNIT_SERVER",
                                "http://127.0.0.1:" + between.getAddress().getPort()),
                        "explain",
                        "web");
                assertThat(asked).contains("/deployments/web/explain", "/deployments/web");
                assertThat(typed.err()).isEmpty();
                assertThat(typed.exitCode()).isZero();
                assertThat(typed.out()).contains("web revision 1: running", "web-0-");
            } finally {
                between.stop(0);
            }
            assertThat(fleet.knit("explain", "web").exitCode()).isEqualTo(Exit.NOT_FOUND);
        }
    }

    private void pass(RemoteFleet fleet, HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        if (path.equals("/deployments/web")) {
            fleet.done("undeploy", "web", "--wait");
        }
        try {
            HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(fleet.url() + exchange.getRequestURI()))
                                    .build(),
                            BodyHandlers.ofByteArray());
            answer.headers()
                    .firstValue("Content-Type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }
}
