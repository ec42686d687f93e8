package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.EVIL;
import static io.knit.core.server.dashboard.PageFixtures.pendingOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Absence;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.Liveness;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.Reservation;
import io.knit.api.model.Testimony;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page of one node shows, and what the list has of it. */
class NodePageTest {
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
    void aNodesPageSaysWhichWitnessSawWhatHowMuchIsFreeAndWhatIsThere() throws Exception {
        server.orchestrator.node("n1", NodeState.SUSPECT, Map.of("region", EVIL), "", "its agent is silent");
        Instant since = FakeOrchestrator.NOW;
        server.orchestrator.witnesses.put(
                "n1",
                new Liveness(
                        List.of(
                                new Testimony(Witness.HEARTBEAT, false, since, "no heartbeat for 20 s"),
                                new Testimony(Witness.MESH, true, null, "the mesh heard of the host 5 s ago")),
                        new Absence(since, since.plusSeconds(60), true)));
        Instance there = pendingOf("web", "n1")
                .placedOn("n1", List.of(), new Reservation(500, 1L << 30, 0), FakeOrchestrator.NOW);
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1").build(), DeploymentStatus.DEPLOYING, List.of(there));

        assertThat(server.get("/dashboard").body())
                .contains("href=\"/dashboard/nodes/n1\"")
                .containsSubsequence(
                        "its node n1 has been silent since 2026-11-23T12:00:00Z; it is replaced at"
                                + " 2026-11-23T12:01:00Z (the mesh still hears of the host)",
                        "heartbeat: <time datetime=\"2026-11-23T12:00:00Z\">",
                        "mesh: never seen");
        HttpResponse<String> page = server.get("/dashboard/nodes/n1");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .containsSubsequence(
                        "<span class=\"pill warn\">suspect</span>",
                        "value=\"drain\"",
                        "its agent is silent",
                        "<span class=\"pill warn\">heartbeat</span></td><td>no heartbeat for 20 s</td><td><time"
                                + " datetime=\"2026-11-23T12:00:00Z\">2026-11-23 12:00:00 UTC",
                        "<span class=\"pill good\">mesh</span></td><td>the mesh heard of the host 5 s ago</td><td>never",
                        "<th>CPU</th><td>4</td><td>0.1</td><td>0.5</td><td>3.4</td>",
                        "<th>Memory</th><td>8.00 GiB</td><td>0.25 GiB</td><td>1.00 GiB</td><td>6.75 GiB</td>",
                        "<b>web</b>",
                        "0.5 CPU, 1.00 GiB",
                        "its node n1 has been silent since 2026-11-23T12:00:00Z")
                .doesNotContain("<script>alert");
        assertThat(server.get("/dashboard/nodes/n9").statusCode()).isEqualTo(404);
    }

    @Test
    void aNodeSaysWhereItsContainersAreReached() throws Exception {
        server.orchestrator.node(Fixtures.node(
                "n1",
                NodeState.READY,
                new NodeFacts(
                        "n1",
                        Map.of(),
                        new Capacity(1, 1),
                        "",
                        "",
                        null,
                        null,
                        "",
                        List.of(),
                        "",
                        "",
                        null,
                        List.of(),
                        "no port 53",
                        List.of("10.210.1.0/24"),
                        "10.210.2.0/24 is n2's")));
        assertThat(server.get("/dashboard/nodes/n1").body())
                .containsSubsequence(
                        "<dt>Containers at</dt><dd>10.210.1.0/24</dd>",
                        "<dt>Not reached</dt><dd>10.210.2.0/24 is n2&#39;s</dd>",
                        "<dt>Without names</dt><dd>no port 53</dd>");
        assertThat(server.get("/nodes/n1").body())
                .contains("\"container_subnets\":[\"10.210.1.0/24\"],\"routes_fault\":\"10.210.2.0/24 is n2's\"");
    }

    @Test
    void ofANodeThatIsHeardTheListShowsNoTimesThatWouldGrowOld() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.witnesses.put(
                "n1",
                new Liveness(
                        List.of(new Testimony(Witness.HEARTBEAT, true, FakeOrchestrator.NOW, "heartbeat 4 s ago")),
                        null));
        assertThat(server.get("/dashboard").body()).doesNotContain("4 s ago", "class=\"seen\"");
        assertThat(server.get("/dashboard/nodes/n1").body())
                .contains(
                        "<span class=\"pill good\">heartbeat</span></td><td>heartbeat 4 s ago</td>",
                        "Nothing is on it");
    }
}
