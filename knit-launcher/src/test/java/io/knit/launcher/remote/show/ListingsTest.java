package io.knit.launcher.remote.show;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.remote.screen.Terminal;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ListingsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    @DisplayName("what has no name yet, as a host without an agent, has no line among the names")
    void names() throws IOException {
        String nodes = "[{\"id\": null, \"hostname\": \"h\"}, {\"id\": \"n1\"}, {\"hostname\": \"i\"}]";
        assertThat(Listings.names(new ObjectMapper().readTree(nodes), "id")).containsExactly("n1");
        String revisions = "[{\"number\": 2}, {\"number\": 1}]";
        assertThat(Listings.names(new ObjectMapper().readTree(revisions), "number"))
                .containsExactly("2", "1");
    }

    private static List<String> status(String deployment) throws IOException {
        return new RunLines(new ObjectMapper().readTree(deployment), NOW).lines(Terminal.NONE);
    }

    @Test
    @DisplayName(
            "a job that is over says when, how it ended and by which attempts; what runs by the clock has a line for each run")
    void runs() throws IOException {
        String job = """
                {"spec": {"mode": "job", "job": {"completions": 3}}, "instances": [],
                 "job": {"phase": "completed", "completed": 3, "failures": 1, "since": "2026-01-01T11:55:00Z", "reason": "x",
                         "ended": [{"instance": "sum-0-a", "node": "n1"}, {"instance": "sum-1-b", "node": "n1"}]}}""";
        JsonNode sum = new ObjectMapper().readTree(job);
        assertThat(new RunLines(sum, NOW).share()).isEqualTo("3/3");
        assertThat(new RunLines(sum, NOW).words()).isEqualTo(", 3 of 3 completed, 1 attempt failed");
        assertThat(status(job)).containsExactly("completed 5m ago; ended well: sum-0-a, sum-1-b");

        String cron = """
                {"spec": {"mode": "cron", "job": {}}, "instances": [], "healthy": 0, "paused": false,
                 "cron": {"next": "2026-01-01T12:01:00Z", "skipped": {"due": "2026-01-01T11:57:00Z", "reason": "it was missed"}, "runs": [
                   {"due": "2026-01-01T11:59:00Z", "begun": "2026-01-01T11:59:00.1Z", "phase": "failed", "failures": 4,
                    "since": "2026-01-01T11:59:30Z", "reason": "ended with exit code 3", "ended": []},
                   {"due": "2026-01-01T11:58:00Z", "begun": "2026-01-01T11:58:00.1Z", "phase": "completed", "failures": 0,
                    "since": "2026-01-01T11:58:07.5Z", "reason": "", "ended": [{"instance": "cr-0-a", "node": "n1"}]}]}}""";
        assertThat(new RunLines(new ObjectMapper().readTree(cron), NOW).share()).isEqualTo("-");
        assertThat(status(cron))
                .containsExactly(
                        "next run in 60s, at 2026-01-01T12:01:00Z",
                        "left out 2026-01-01T11:57:00Z: it was missed",
                        "",
                        "RUN OF                BEGUN     TOOK  RESULT     FAILURES",
                        "2026-01-01T11:59:00Z  59s ago   29s   failed     4         ended with exit code 3",
                        "2026-01-01T11:58:00Z  119s ago  7s    completed  0         cr-0-a");
        String paused = "{\"spec\": {\"mode\": \"cron\"}, \"paused\": true, \"cron\": {\"next\": null, \"runs\": []}}";
        assertThat(status(paused)).containsExactly("no run is due: it is paused");
    }
}
