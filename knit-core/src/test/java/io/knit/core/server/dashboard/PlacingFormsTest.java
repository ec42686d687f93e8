package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.http.ApiServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What forms ask of where things run: what starts first when a node is drained, and near what a deployment had better be. */
class PlacingFormsTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("a drain is asked for with what starts first, which its plan says and who says yes sends on")
    void drain() throws Exception {
        PageSession session = new PageSession(server);
        for (String page : new String[] {"/dashboard", "/dashboard/nodes/n7"}) {
            assertThat(server.get(page).body())
                    .containsSubsequence(
                            "<select name=\"start_first\"",
                            "<option value=\"\">each in its order",
                            "<option value=\"true\">",
                            "<option value=\"false\">");
        }
        HttpResponse<String> plan =
                session.post("/dashboard/plan", "do", "drain", "name", "n7", "deadline", "10m", "start_first", "true");
        assertThat(plan.body())
                .contains("Drain node n7 within 10m, starting first?", "name=\"start_first\" value=\"true\"");
        session.post("/dashboard/change", "do", "drain", "name", "n7", "deadline", "10m", "start_first", "true");
        session.post("/dashboard/change", "do", "drain", "name", "n7", "deadline", "", "start_first", "false");
        session.post("/dashboard/change", "do", "drain", "name", "n7", "deadline", "", "start_first", "");
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.SetAvailability("n7", Availability.DRAINED, Duration.ofMinutes(10), true),
                        new Command.SetAvailability("n7", Availability.DRAINED, null, false),
                        new Command.SetAvailability("n7", Availability.DRAINED));
        HttpResponse<String> wrong =
                session.post("/dashboard/plan", "do", "drain", "name", "n7", "start_first", "maybe");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("Nothing was done: what starts first is none of what the page offers");
    }

    @Test
    @DisplayName("what was chosen stays chosen where the rest is refused")
    void typed() throws Exception {
        HttpResponse<String> refused = new PageSession(server)
                .post("/dashboard/plan", "do", "drain", "name", "n7", "deadline", "soon", "start_first", "false");
        assertThat(refused.body()).contains("<option value=\"false\" selected>").doesNotContain("value=\"true\" sel");
    }

    @Test
    @DisplayName("a deployment is near those that are named one a line, and a wrong name is said beside the field")
    void near() throws Exception {
        PageSession session = new PageSession(server);
        session.post(
                "/dashboard/deploy", "name", "web", "image", "web:1", "replicas", "1", "near", "db\r\n cache \r\n");
        assertThat(server.orchestrator.accepted)
                .singleElement()
                .satisfies(spec -> assertThat(spec.near()).containsExactly("db", "cache"));
        HttpResponse<String> wrong =
                session.post("/dashboard/deploy", "name", "web", "image", "web:1", "replicas", "1", "near", "No Name");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("id=\"near-problem\"", "No Name</textarea>");
    }
}
