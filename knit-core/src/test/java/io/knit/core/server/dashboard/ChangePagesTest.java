package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.EVIL;
import static io.knit.core.server.dashboard.PageFixtures.busy;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.http.ApiServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The buttons of deployments and nodes: what they would do, and what they do. */
class ChangePagesTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void undeploys() throws Exception {
        busy(server, "plain");
        PageSession session = new PageSession(server);
        HttpResponse<String> done = session.post("/dashboard/undeploy", "name", "web");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(server.orchestrator.snapshot().deployment("web")).isEmpty();
        HttpResponse<String> again = session.post("/dashboard/undeploy", "name", "web");
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("there is no deployment");
    }

    @Test
    void undeploysWhatWasSeen() throws Exception {
        busy(server, "plain");
        assertThat(server.get("/dashboard").body())
                .containsSubsequence("/dashboard/undeploy", "name=\"revision\" value=\"1\"", "Stop and remove web");
        PageSession session = new PageSession(server);
        server.orchestrator.commands.clear();
        session.post("/dashboard/undeploy", "name", "web", "revision", "1");
        assertThat(server.orchestrator.commands).containsExactly(new Command.Undeploy("web", 1));
        assertThat(session.post("/dashboard/undeploy", "name", "web", "revision", "x")
                        .body())
                .contains("Nothing was done: the revision is no whole number");
    }

    @Test
    void whatAButtonIsRefusedStandsAtNoFieldOfTheDeployFormAndWhatWasTypedStays() throws Exception {
        busy(server, "plain");
        server.orchestrator.refused = KnitException.at("/replicas", ErrorCode.INVALID_VALUE, "1001 are more than 1000");
        PageSession session = new PageSession(server);
        for (String path : List.of("/dashboard/plan", "/dashboard/change")) {
            HttpResponse<String> answer = session.post(path, "do", "scale", "name", "web", "replicas", "1001");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("Nothing was done: 1001 are more than 1000", "value=\"1001\" data-typed")
                    .contains("id=\"change-web\" open")
                    .doesNotContain(
                            "Not deployed",
                            "replicas-problem",
                            "<form method=\"post\" action=\"/dashboard/deploy\" autocomplete=\"off\" novalidate data-typed");
        }
        HttpResponse<String> drain = session.post("/dashboard/plan", "do", "drain", "name", "n1", "deadline", "soon");
        assertThat(drain.body())
                .contains("Nothing was done: the time is no duration above zero", "id=\"change-node-n1\" open")
                .contains("name=\"deadline\" value=\"soon\" data-typed");
    }

    @Test
    void whatSomebodyElseChangedMeanwhileIsNoFaultOfTheServer() throws Exception {
        busy(server, "plain");
        server.orchestrator.refused = new KnitException(ErrorCode.REVISION_CHANGED, "web has revision 4, not 3");
        HttpResponse<String> answer =
                new PageSession(server).post("/dashboard/change", "do", "restart", "name", "web", "revision", "3");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Nothing was done: web has revision 4, not 3");
    }

    @Test
    void aButtonShowsWhatWouldHappenAndOnlyYesDoesIt() throws Exception {
        busy(server, "plain");
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
        PageSession session = new PageSession(server);
        server.orchestrator.commands.clear();

        HttpResponse<String> plan = session.post("/dashboard/plan", "do", "scale", "name", "web", "replicas", "5");
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        assertThat(plan.body())
                .contains("Scale web to 5?", "<b>web</b> slot 0 on n1 → n2", "about 12s500ms: stopping takes at most")
                .contains("web: 3 of its instances are healthy now, and 2 at the worst moment; then none, until a")
                .contains("name=\"revision\" value=\"1\"", "Yes, scale web to 5", "aria-label=\"Pages\"");
        assertThat(server.orchestrator.commands).isEmpty();

        HttpResponse<String> done =
                session.post("/dashboard/change", "do", "scale", "name", "web", "replicas", "5", "revision", "1");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(server.orchestrator.commands).containsExactly(new Command.Scale("web", 5, 1));
        assertThat(server.get("/dashboard?changed=web").body())
                .contains("web is changed as you asked")
                .containsPattern("data-events=\"[^\"]*instance.leaving [^\"]*node.drained ");
    }

    @Test
    void everyButtonHasItsCommand() throws Exception {
        busy(server, "plain");
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
        PageSession session = new PageSession(server);
        Map<String, Command<?>> commands = Map.of(
                "restart", new Command.Restart("web", false, 1),
                "rollback", new Command.Rollback("web", null, 1),
                "pause", new Command.Pause("web", 1),
                "resume", new Command.Resume("web", 1),
                "promote", new Command.Promote("web", 1));
        for (Map.Entry<String, Command<?>> each : commands.entrySet()) {
            server.orchestrator.commands.clear();
            assertThat(session.post("/dashboard/change", "do", each.getKey(), "name", "web", "revision", "1")
                            .statusCode())
                    .isEqualTo(303);
            assertThat(server.orchestrator.commands).containsExactly(each.getValue());
        }
        server.orchestrator.commands.clear();
        session.post("/dashboard/change", "do", "drain", "name", "n7", "deadline", "10m");
        session.post("/dashboard/change", "do", "drain", "name", "n7", "deadline", "");
        session.post("/dashboard/change", "do", "pause-node", "name", "n7");
        session.post("/dashboard/change", "do", "activate", "name", "n7");
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.SetAvailability("n7", Availability.DRAINED, Duration.ofMinutes(10)),
                        new Command.SetAvailability("n7", Availability.DRAINED),
                        new Command.SetAvailability("n7", Availability.PAUSED),
                        new Command.SetAvailability("n7", Availability.ACTIVE));
    }

    @Test
    void whatIsTypedWrongIsSaid() throws Exception {
        busy(server, "plain");
        PageSession session = new PageSession(server);
        server.orchestrator.commands.clear();
        assertThat(session.post("/dashboard/plan", "do", "scale", "name", "web", "replicas", "many")
                        .body())
                .contains("the number of instances is no whole number");
        assertThat(session.post("/dashboard/plan", "do", "drain", "name", "n1", "deadline", "soon")
                        .body())
                .contains("the time is no duration above zero");
        assertThat(session.post("/dashboard/plan", "do", EVIL, "name", EVIL).body())
                .contains("no such button")
                .doesNotContain("<script>alert");
        assertThat(session.post("/dashboard/plan", "do", "restart", "name", EVIL)
                        .body())
                .doesNotContain("<script>alert");
        assertThat(server.get("/dashboard?changed=%3Cscript%3Ealert(1)").body()).doesNotContain("<script>alert");
        assertThat(server.orchestrator.commands).isEmpty();
    }
}
