package io.knit.launcher.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** A server's REST API, asked with curl from its own host. */
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Fleet fleet;
    private final String url;

    Api(Fleet fleet, String url) {
        this.fleet = fleet;
        this.url = url;
    }

    /** @param status 0 if nobody answered */
    record Answer(int status, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(body, e);
            }
        }
    }

    Answer post(String path, String body) {
        return curl("-X", "POST", url + path, "-H", "Content-Type: application/json", "-d", body);
    }

    Answer get(String path) {
        return curl(url + path);
    }

    Answer delete(String path) {
        return curl("-X", "DELETE", url + path);
    }

    /** The page at an address, fetched from the server's host; empty if there is none. */
    String page(String address) {
        return curl(address).body;
    }

    /** A deployment's condition in one word, or "gone". */
    String status(String deployment) {
        Answer answer = get("/deployments/" + deployment);
        return switch (answer.status) {
            case 200 -> answer.json().path("status").asText();
            case 404 -> "gone";
            default -> "unknown (" + answer.status + ")";
        };
    }

    String nodeState(String node) {
        return StreamSupport.stream(get("/nodes").json().path("nodes").spliterator(), false)
                .filter(entry -> entry.path("id").asText().equals(node))
                .map(entry -> entry.path("state").asText())
                .findFirst()
                .orElse("unknown");
    }

    /** The names of all deployments. */
    List<String> deployments() {
        return List.copyOf(statuses().keySet());
    }

    /** The condition of each deployment, by name. */
    Map<String, String> statuses() {
        Map<String, String> statuses = new TreeMap<>();
        get("/deployments")
                .json()
                .path("deployments")
                .forEach(entry -> statuses.put(
                        entry.path("name").asText(), entry.path("status").asText()));
        return statuses;
    }

    private Answer curl(String... args) {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.addAll(List.of("curl", "-s", "-m", "10", "-w", "\n%{http_code}"));
        command.addAll(List.of(args));
        String output = Shell.run(Map.of(), command).output();
        int last = output.lastIndexOf('\n');
        return new Answer(Integer.parseInt(output.substring(last + 1).strip()), output.substring(0, Math.max(last, 0)));
    }
}
