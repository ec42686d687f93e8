package io.knit.bench.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The server's API, asked one by one over one connection. */
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final URI base;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Runnable::run)
            .build();

    Api(URI base) {
        this.base = base;
    }

    /** A deployment of so many; {@code version} makes one spec differ from another. */
    void deploy(String name, int replicas, String selector, long version) {
        String spec = "{\"name\":\"" + name + "\",\"image\":\"nginx:1.27\",\"replicas\":" + replicas
                + ",\"env\":{\"VERSION\":\"" + version + "\"}"
                + (selector.isEmpty() ? "" : ",\"node_selector\":{\"" + selector + "\":\"yes\"}") + "}";
        send("POST", "/deployments", HttpRequest.BodyPublishers.ofString(spec), 202);
    }

    void undeploy(String name) {
        send("DELETE", "/deployments/" + name, HttpRequest.BodyPublishers.noBody(), 202);
    }

    void get(String path) {
        send("GET", path, HttpRequest.BodyPublishers.noBody(), 200);
    }

    /** How many instances of it the API shows as running, if it says so of the deployment, too; else 0. */
    int running(String name) {
        JsonNode deployment = json("/deployments/" + name);
        int running = 0;
        for (JsonNode instance : deployment.path("instances")) {
            running += instance.path("state").asText().equals("running") ? 1 : 0;
        }
        return deployment.path("status").asText().equals("running") ? running : 0;
    }

    int deployments() {
        return json("/deployments").path("deployments").size();
    }

    private JsonNode json(String path) {
        try {
            return JSON.readTree(send("GET", path, HttpRequest.BodyPublishers.noBody(), 200));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] send(String method, String path, HttpRequest.BodyPublisher body, int wanted) {
        try {
            HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                    .method(method, body)
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofMinutes(1))
                    .build();
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != wanted) {
                throw new IllegalStateException(method + " " + path + " was answered by " + answer.statusCode() + ": "
                        + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
