package io.knit.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /compose} of a live server. */
@Timeout(60)
class ComposeApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private static Path dir;

    private static ContractFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new ContractFleet(dir, "127.0.0.1:0");
    }

    @AfterAll
    static void close() {
        fleet.close();
    }

    private static JsonNode post(int status, String query, String yaml) throws Exception {
        var answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(fleet.url() + "/v1/compose" + query))
                        .header("Content-Type", "application/yaml")
                        .POST(BodyPublishers.ofString(yaml))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static List<String> names(JsonNode all) {
        List<String> names = new ArrayList<>();
        all.forEach(one -> names.add(one.path("name").asText(one.asText())));
        return names;
    }

    private static List<String> there() throws Exception {
        String body = CLIENT.send(
                        HttpRequest.newBuilder(URI.create(fleet.url() + "/v1/deployments"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        return names(JSON.readTree(body).path("deployments"));
    }

    @Test
    @DisplayName("a stack is planned, deployed after what it depends on, pruned; another's deployment is left to it")
    void stack() throws Exception {
        String two = "name: pair\nservices:\n  a: {image: 'web:1', depends_on: [b]}\n  b: {image: 'web:1'}\n";
        JsonNode planned = post(200, "?dry_run=true", two);
        assertThat(planned.path("plans")).hasSize(2);
        assertThat(planned.path("plans").get(0).path("command").asText()).isEqualTo("deploy pair-b");
        assertThat(there()).containsExactly("web");

        JsonNode made = post(200, "?wait=1m", two);
        assertThat(names(made.path("deployments"))).containsExactly("pair-b", "pair-a");
        assertThat(made.path("deployments").get(1).path("status").asText()).isEqualTo("running");
        assertThat(made.path("remarks").get(0).path("line").asInt()).isEqualTo(3);

        String one = "name: pair\nservices: {b: {image: 'web:1'}}\n";
        assertThat(post(200, "?dry_run=true&prune=true", one)
                        .path("plans")
                        .get(1)
                        .path("command")
                        .asText())
                .isEqualTo("undeploy pair-a");
        JsonNode kept = post(202, "", one);
        assertThat(kept.path("removed")).isEmpty();
        assertThat(names(post(202, "?prune=true", one).path("removed"))).containsExactly("pair-a");

        post(202, "", "name: pair\nservices: {b-c: {image: 'web:1'}}\n");
        assertThat(post(409, "", "name: pair-b\nservices: {c: {image: 'web:1'}}\n")
                        .path("code")
                        .asText())
                .isEqualTo("in_use");
    }

    @Test
    @DisplayName(
            "what is wrong is said at once with its lines, in the file and in what the server makes of it, and nothing is done")
    void refused() throws Exception {
        JsonNode problem = post(
                400,
                "?project=bad",
                "services:\n  ok: {image: 'web:1'}\n  a:\n    image: 'web:1'\n    tmpfs: run\n  b:\n    image: 'web:1'\n    hostname: a_b\n");
        assertThat(problem.path("code").asText()).isEqualTo("invalid_value");
        assertThat(problem.path("errors").findValuesAsText("detail"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("compose.yaml:5:12: "),
                        second -> assertThat(second).startsWith("compose.yaml:8:5: "));
        assertThat(there()).doesNotContain("bad-ok");
        assertThat(post(400, "?dry_run=true", "services: [").path("detail").asText())
                .startsWith("compose.yaml:1:12: this is no YAML");
        assertThat(post(400, "?prune=maybe", "a").path("detail").asText()).contains("give true or false");
    }
}
