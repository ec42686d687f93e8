package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.core.server.dashboard.DashboardRoutes;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No query parameter is passed over in silence. */
class QueryCheckTest {
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aDryRunThatIsMisspeltDeploysNothing() throws Exception {
        HttpResponse<String> response =
                server.post("/deployments?dry_rnu=true", "{\"name\":\"a\",\"image\":\"nginx:1\"}");
        assertThat(refusal(response, "unknown_parameter")).contains("\"dry_rnu\"", "did you mean dry_run?");
        assertThat(refusal(server.get("/nodes/n1?dry_run=true"), "unknown_parameter"))
                .as("what belongs to another method of the path")
                .contains("nothing was done");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void everyPathAndMethodRefusesWhatItDoesNotKnow() throws Exception {
        Map<String, String> paths = new TreeMap<>(Routes.PATHS);
        paths.putAll(DashboardRoutes.PATHS);
        for (Map.Entry<String, String> path : paths.entrySet()) {
            for (String method : path.getValue().replace(", HEAD", "").split(", ")) {
                String at = path.getKey().replaceAll(":\\w+", "x") + "?verbose=1";
                HttpResponse<String> response = server.send(server.request(at)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.noBody()));
                assertThat(response.statusCode()).as(method + " " + at).isEqualTo(400);
                refusal(response, "unknown_parameter");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/events?aftr=0,             did you mean after?",
        "/events?After=0,            did you mean after?",
        "/events?zzzzzz,             remove it; known are after",
        "/dashboard?deploid=x,       did you mean deployed?",
        "/dashboard?deployed=x&q=1,  known are changed",
        "/deployments?=x,            there is no query parameter",
        "/nodes?a%0Ab=1,             a\uFFFDb",
    })
    void theNearestWordIsNamed(String path, String words) throws Exception {
        assertThat(refusal(server.get(path), "unknown_parameter")).contains(words);
    }

    @Test
    void aParameterGivenTwiceIsRefused() throws Exception {
        assertThat(refusal(server.get("/events?after=1&after=2"), "duplicate_value"))
                .contains("after is given twice");
        assertThat(refusal(server.get("/dashboard?deployed=a&deployed=a"), "duplicate_value"))
                .contains("deployed is given twice");
    }

    @ParameterizedTest
    @CsvSource({
        "/deployments/web/logs?tail=,      2026-11-26T12:00:00Z, the parameter tail is",
        "/instances/web-0-a/logs?tail=ten, 2026-11-26T12:00:00Z, the parameter tail is",
        "/instances/web-0-a/logs?since=x,  2026-11-26T12:00:00Z, the parameter since is",
        "/events?after=x,                  3,                    the parameter after is",
        "/events?since=x,                  3,                    the parameter since is"
    })
    void whatWhoComesBackPassesOverIsRefusedAllTheSameWhereItIsWrong(String path, String id, String words)
            throws Exception {
        assertThat(refusal(server.send(server.request(path).header("Last-Event-ID", id)), "invalid_value"))
                .contains(words);
    }

    @Test
    void noParameterIsLeftOutBehindManyOthers() throws Exception {
        for (int count : new int[] {1_001, 1_100}) {
            String words = "command=x&".repeat(count);
            assertThat(refusal(server.get("/instances/web-0-a/exec?" + words + "stdin=true"), "invalid_value"))
                    .contains("the query has " + (count + 1) + " parameters, and there may be 1000; ");
        }
        String nodes = "node=x&".repeat(1_100);
        HttpResponse<String> pruned =
                server.send(server.request("/images?" + nodes + "dry_run=true").DELETE());
        assertThat(refusal(pruned, "invalid_value")).contains("1101 parameters");
        assertThat(refusal(
                        server.get("/instances/web-0-a/exec?" + "command=x&".repeat(999) + "x=1"), "unknown_parameter"))
                .as("all of so many are read")
                .contains("\"x\"");
    }

    @Test
    void aKeyIsAsLongAsTheDocumentCountsIt() throws Exception {
        // each of two chars, and one character in JSON Schema
        assertThat(server.get("/nodes?after=" + "%F0%9F%90%8B".repeat(257)).statusCode())
                .isEqualTo(200);
        assertThat(refusal(server.get("/nodes?after=" + "x".repeat(513)), "invalid_value"))
                .contains("the parameter after is");
    }

    @Test
    void whatIsKnownIsTaken() throws Exception {
        for (String path : new String[] {"/dashboard?deployed=x", "/dashboard?undeployed=x", "/ping?", "/nodes?&"}) {
            assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(server.get("/nothing?a=b").statusCode()).isEqualTo(404);
    }

    private static String refusal(HttpResponse<String> response, String code) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode problem = new ObjectMapper().readTree(response.body());
        assertThat(problem.path("code").asText()).isEqualTo(code);
        return problem.path("detail").asText();
    }
}
