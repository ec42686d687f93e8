package io.knit.plugin.nats.broker;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a broker's monitoring. */
final class Web {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String url;

    Web(String url) {
        this.url = url;
    }

    record Answer(int status, HttpHeaders headers, String body) {}

    Answer get(String path) {
        return send("GET", path);
    }

    Answer send(String method, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .timeout(Duration.ofSeconds(20))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    JsonObject json(String path) {
        return new JsonObject(get(path).body());
    }
}
