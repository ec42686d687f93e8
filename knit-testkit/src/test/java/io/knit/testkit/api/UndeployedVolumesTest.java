package io.knit.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits until a deployment is gone with its volumes. */
class UndeployedVolumesTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ContractFleet fleet;

    UndeployedVolumesTest(@TempDir Path dir) {
        fleet = new ContractFleet(dir, "127.0.0.1:0");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(fleet.url() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private void deploy() throws IOException, InterruptedException {
        String spec =
                "{\"name\":\"db\",\"image\":\"web:1\",\"volumes\":[{\"name\":\"data\",\"destination\":\"/data\"}],\"update\":{\"min_healthy\":\"0s\"}}";
        assertThat(send("POST", "/deployments?wait=1m", spec).statusCode()).isEqualTo(200);
        assertThat(fleet.volumes()).hasSize(1);
    }

    @Test
    @DisplayName("the answer comes when the volumes are gone, too")
    void gone() throws IOException, InterruptedException {
        deploy();
        assertThat(send("DELETE", "/deployments/db?volumes=true&wait=1m", "").statusCode())
                .isEqualTo(204);
        assertThat(fleet.volumes()).isEmpty();
    }

    @Test
    @DisplayName("without their going nobody waits for them; they stay")
    void kept() throws IOException, InterruptedException {
        deploy();
        assertThat(send("DELETE", "/deployments/db?wait=1m", "").statusCode()).isEqualTo(204);
        assertThat(fleet.volumes()).hasSize(1);
    }
}
