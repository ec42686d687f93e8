package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Caller;
import io.knit.api.history.HistoryEntry;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WEB = "nginx-eu-api";

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        Map<String, String> details = new LinkedHashMap<>();
        details.put("kind", "deploy");
        details.put("deployment", WEB);
        details.put("image", "nginx:latest");
        details.put("replicas", "1");
        server.orchestrator.history = List.of(
                new HistoryEntry(
                        4170000,
                        417,
                        Instant.parse("2026-11-26T12:00:12Z"),
                        null,
                        "",
                        Map.of(),
                        WEB,
                        List.of("nginx-eu-api-0-k3x9 is lost on eu-1: its node eu-1 is down")),
                entry(1_000_000, "other"),
                new HistoryEntry(
                        420000,
                        42,
                        Instant.parse("2026-11-26T12:00:00Z"),
                        new Caller("anonymous", Caller.Role.ADMIN, "10.54.0.7"),
                        "deploy nginx-eu-api",
                        details,
                        WEB,
                        List.of(
                                "nginx-eu-api-0-k3x9 goes to eu-1: the only node that fits; us-1 takes no work now (ready, drained by ann from 10.54.0.7)")),
                entry(10_000, WEB));
    }

    private static HistoryEntry entry(long number, String deployment) {
        return new HistoryEntry(
                number, number / 10_000, Instant.EPOCH, Caller.PROGRAM, "deploy it", Map.of(), deployment, List.of());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theExampleOfThePageIsWhatIsAnswered() throws Exception {
        String section = Files.readString(Path.of("..", "docs", "api.md")).split("\n## History\n")[1];
        JsonNode example = JSON.readTree(section.split("```json\n")[1].split("```")[0]);
        assertThat(section).contains("/history?deployment=nginx-eu-api&limit=2'");

        assertThat(get("/history?deployment=nginx-eu-api&limit=2")).isEqualTo(example);
    }

    @Test
    void howADeploymentWasIsAsThePageHasIt() throws Exception {
        String section = Files.readString(Path.of("..", "docs", "api.md")).split("\n### As it was\n")[1];
        JsonNode example = JSON.readTree(section.split("```json\n")[1].split("```")[0]);
        String path = section.split("curl 'http://10.54.0.1:8080")[1].split("'")[0];

        assertThat(get(path)).isEqualTo(example);
        assertThat(get("/deployments/" + WEB + "?at=2026-11-26T13:00:10%2B01:00"))
                .as("in another zone")
                .isEqualTo(example);
        assertThat(OpenApiTest.faults("PastDeployment", server.get(path).body()))
                .isEmpty();
    }

    @Test
    void whereTheHistoryDoesNotReachBackItIsGone() throws Exception {
        HttpResponse<String> answer = server.get("/deployments/" + WEB + "?at=2020-01-01T00:00:00Z");
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.body()).contains("\"code\":\"forgotten\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at=yesterday",
                "at=",
                "at=2026-11-26",
                "at=1764158400",
                "at=2026-11-26T12:00:00",
                "at=2026-11-26T24:00:00Z",
                "at=2026-13-26T12:00:00Z",
                "at=2026-11-26T12:00:00%2B01:00:30"
            })
    void aTimeThatIsNoneIsRefusedWithAnExample(String query) throws Exception {
        HttpResponse<String> answer = server.get("/deployments/" + WEB + "?" + query);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("the parameter at is ", "as 2026-11-26T12:00:00Z");
    }

    @Test
    void nextLeadsToThePageThatFollowsUntilThereIsNone() throws Exception {
        JsonNode first = get("/history?limit=3");
        assertThat(numbers(first)).containsExactly(4170000L, 1_000_000L, 420000L);
        JsonNode second = get("/history?limit=3&after=" + first.get("next").asLong());
        assertThat(numbers(second)).containsExactly(10_000L);
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(numbers(get("/history?deployment=gone"))).isEmpty();
        assertThat(server.get("/history?after=" + Long.MAX_VALUE).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=x",
                "limit=%2010",
                "after=-1",
                "after=x",
                "after=",
                "after=%2B1",
                "after=%D9%A3",
                "after=9223372036854775808",
                "befor=1",
                "limit=1&limit=2"
            })
    void whatCanNotBeMeantIsRefused(String query) throws Exception {
        HttpResponse<String> answer = server.get("/history?" + query);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(query.split("=")[0]);
    }

    @Test
    void whereNoneIsKeptItSaysSo() throws Exception {
        server.orchestrator.history = null;
        HttpResponse<String> answer = server.get("/history");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("no history is kept");
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static List<Long> numbers(JsonNode page) {
        return page.get("history").findValues("number").stream()
                .map(JsonNode::asLong)
                .toList();
    }
}
