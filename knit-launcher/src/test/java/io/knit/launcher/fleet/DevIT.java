package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What who tries Knit out reads first. */
class DevIT {
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "where there is no mesh daemon, knit dev says so once, and is ready; when it is ended, who waits for an answer gets it")
    void withoutAMesh() throws Exception {
        Map<String, String> environment = Map.of(
                "KNIT_HTTP_ADDR",
                "127.0.0.1:0",
                "KNIT_NATS_ADDR",
                "127.0.0.1:0",
                "KNIT_DATA_DIR",
                folder.resolve("data").toString(),
                "KNIT_DOCKER_HOST",
                "unix://" + folder.resolve("no-engine.sock"),
                "KNIT_WG_MESH_SOCKET",
                folder.resolve("no-mesh.sock").toString());
        try (KnitProcess dev = new KnitProcess("dev", folder, List.of(), environment, "bin/knit", "dev")) {
            // both roles have asked before it says that it is ready
            assertThat(dev.start().log().lines().filter(line -> line.contains("no-mesh.sock")))
                    .singleElement()
                    .asString()
                    .contains("Works without a mesh until it can be read")
                    .contains("start the daemon");

            Matcher url = URL.matcher(dev.log());
            assertThat(url.find()).as(dev.log()).isTrue();
            HttpClient http = HttpClient.newHttpClient();
            CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                    HttpRequest.newBuilder(URI.create(url.group() + "/deployments?wait=10m"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"name\": \"web\", \"image\": \"web:1\"}"))
                            .build(),
                    BodyHandlers.ofString());
            HttpRequest one = HttpRequest.newBuilder(URI.create(url.group() + "/deployments/web"))
                    .build();
            Awaitility.await()
                    .until(() -> http.send(one, BodyHandlers.ofString()).statusCode() == 200);
            assertThat(waiting).isNotDone();
            assertThat(dev.stop()).isEqualTo(143);
            assertThat(waiting.get().statusCode()).isEqualTo(202);
            assertThat(waiting.get().body()).contains("\"unsettled\":\"the server stops\"");
        }
    }
}
