package io.knit.launcher.remote.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compose files at a server to which {@code near} is as unknown as any other word. */
class OlderServerTest {
    private static final String UNHEARD = "unheard";
    private static final String REMARK =
            ": remark: the server is older, and keeps services that look for each other on no node together\n";
    private static final String SHOP = """
            name: shop
            services:
              web: {image: "web:1", environment: {DB_HOST: db}}
              db: {image: "web:1"}
              cache: {image: "web:1", depends_on: [db]}
            """;

    @TempDir
    static Path folder;

    private static RemoteFleet fleet;
    private static HttpServer older;

    @BeforeAll
    static void start() throws IOException {
        fleet = new RemoteFleet(folder);
        older = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        HttpClient client = HttpClient.newHttpClient();
        older.createContext("/", exchange -> pass(client, exchange));
        older.start();
    }

    @AfterAll
    static void close() throws Exception {
        older.stop(0);
        fleet.close();
    }

    private static void pass(HttpClient client, HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .replace("\"near\":", "\"" + UNHEARD + "\":");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(fleet.url() + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofString(body));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        try {
            HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
            byte[] bytes = answer.body().replace(UNHEARD, "near").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            answer.headers().firstValue("Content-Type").orElse("text/plain"));
            exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static Typed knit(String... words) {
        return Typed.knit(
                Map.of("KNIT_SERVER", "http://127.0.0.1:" + older.getAddress().getPort()), words);
    }

    @Test
    @DisplayName("it deploys, plans and renders what it could before, and once is said what it does not do")
    void taken() throws IOException {
        String file = fleet.file("shop.yaml", SHOP);
        for (String word : new String[] {"plan", "render", "deploy"}) {
            Typed typed = knit(word, file);
            assertThat(typed.exitCode()).as(word + typed.err()).isZero();
            assertThat(typed.err()).as(word).containsOnlyOnce(REMARK).contains("upgrade it, and deploy again\n");
        }
        assertThat(fleet.json("status", "shop-web", "-o", "json").at("/spec/near"))
                .isEmpty();

        Typed newer = fleet.knit("deploy", file);
        assertThat(newer.err()).doesNotContain(REMARK);
        assertThat(fleet.json("status", "shop-web", "-o", "json").at("/spec/near"))
                .isNotEmpty();
    }

    @Test
    @DisplayName("what else it has against it is said with its line, and nothing is deployed")
    void refused() throws IOException {
        String file = fleet.file(
                "wrong.yaml",
                "name: wrong\nservices:\n  web:\n    image: web:1\n"
                        + "    hostname: a_b\n    depends_on: [db]\n  db: {image: 'web:1'}\n");
        for (String word : new String[] {"render", "deploy"}) {
            Typed typed = knit(word, file);
            assertThat(typed.exitCode()).as(word + typed.err()).isEqualTo(2);
            assertThat(typed.err()).containsOnlyOnce(REMARK).contains(file + ":5:5: hostname");
            assertThat(typed.err()).doesNotContain("there is no field");
        }
        assertThat(fleet.knit("status", "wrong-db").exitCode()).isNotZero();
    }

    @Test
    @DisplayName("what somebody types is not left out, but refused in its words")
    void typed() throws IOException {
        String file = fleet.file("alone.yaml", "name: alone\nservices:\n  web: {image: 'web:1'}\n");
        for (String word : new String[] {"plan", "render", "deploy"}) {
            Typed typed = knit(word, file, "--set", "near[0]=db");
            assertThat(typed.exitCode()).as(word).isNotZero();
            assertThat(typed.err()).contains("there is no field \"near\"").doesNotContain(REMARK);
        }
    }

    @Test
    @DisplayName(
            "for several services it can't be typed, which is said before anything else is, and before a secret is set")
    void typedForSeveral() throws IOException {
        String file = fleet.file(
                "several.yaml",
                SHOP.replace("name: shop", "name: several").replace("\"web:1\"}", "\"web:1\", secrets: [key]}")
                        + "secrets: {key: {file: several.yaml}}\n");
        for (String word : new String[] {"plan", "render", "deploy", "deploy --secrets"}) {
            Typed typed = knit((word + " " + file + " --set near[0]=db").split(" "));
            assertThat(typed.exitCode()).as(word).isEqualTo(2);
            assertThat(typed.err()).contains("--set is for one").doesNotContain(REMARK);
        }
        assertThat(fleet.done("secret", "ls")).doesNotContain("several.key");
    }
}
