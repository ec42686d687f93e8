package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Reservation;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Of what there is, what each visitor's pages show: by what his token is for, and by what needs a look. */
class SightOfPagesTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("some", new Caller("some", Role.DEPLOYER, "a test", List.of("web-*")));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String page(String path, String token) throws Exception {
        HttpResponse<String> answer = server.send(server.request(path).header("Authorization", "Bearer " + token));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static Instance running(String deployment, int slot, boolean failing) {
        String id = deployment + "-" + slot + "-a";
        return Instance.pending(id, deployment, 1, slot, 0, List.of(), NOW, "", NOW)
                .placedOn("n1", List.of(), new Reservation(500, 1L << 30, 0), NOW)
                .with(new Observed(InstanceState.RUNNING, failing ? "ended with 3" : "", 0, failing, 1, NOW));
    }

    private void put(String name, DeploymentStatus status, Instance... instances) {
        DeploymentSpec spec = DeploymentSpec.builder(name, "x:1").build();
        server.orchestrator.put(new Deployment(name, 1, spec, false, NOW, NOW), status, List.of(instances));
    }

    @Test
    @DisplayName("a node is as full for who sees some deployments as it is, and what is there of others is counted")
    void loads() throws Exception {
        put("db", DeploymentStatus.RUNNING, running("db", 0, false), running("db", 1, false));
        assertThat(page("/dashboard", "some")).contains("2 instances · ", "4 CPU (1.1 reserved)");
        assertThat(page("/dashboard/nodes/n1", "some"))
                .contains("<th>CPU</th><td>4</td><td>0.1</td><td>1</td><td>2.9</td>")
                .contains("<p class=\"hint\">2 of deployments that you do not see</p>")
                .doesNotContain("Nothing is on it", "db-0");
        put("web-a", DeploymentStatus.RUNNING, running("web-a", 0, false));
        assertThat(page("/dashboard/nodes/n1", "some"))
                .containsSubsequence("<b>web-a</b>", "and 2 of deployments that you do not see");
        assertThat(page("/dashboard/nodes/n1", "all")).contains("<b>db</b>").doesNotContain("you do not see");
    }

    @Test
    @DisplayName("what happened to his own is found behind any number of events of others")
    void events() throws Exception {
        for (int i = 0; i < 40; i++) {
            server.orchestrator.event("deployment.created", "web-a", null, null, "web-a came, " + i);
        }
        for (int i = 0; i < 500; i++) {
            server.orchestrator.event("deployment.created", "db", null, null, "db came");
        }
        assertThat(page("/dashboard", "some"))
                .containsSubsequence("web-a came, 39<", "web-a came, 10<")
                .doesNotContain("web-a came, 9<", "db came");
        server.orchestrator.kept = 300;
        server.orchestrator.event("deployment.created", "db", null, null, "db came");
        assertThat(page("/dashboard", "some")).contains("Nothing has happened yet");
    }

    @Test
    @DisplayName("nobody is offered what his token may not do")
    void offers() throws Exception {
        put("web-a", DeploymentStatus.RUNNING, running("web-a", 0, false));
        String[] ofDeployments = {"change-web-a", "confirm-web-a", "href=\"#deploy\"", "id=\"deploy\""};
        assertThat(page("/dashboard", "all")).contains(ofDeployments).contains("change-node-n1");
        assertThat(page("/dashboard", "some")).contains(ofDeployments).doesNotContain("change-node-n1");
        assertThat(page("/dashboard", "looks")).contains("web-a").doesNotContain(ofDeployments);
        assertThat(page("/dashboard", "looks")).doesNotContain("change-node-n1");
        String[] ofNodes = {"change-node-n1", "Which images it has"};
        assertThat(page("/dashboard/nodes/n1", "all")).contains(ofNodes);
        assertThat(page("/dashboard/nodes/n1", "some")).doesNotContain(ofNodes);
        assertThat(page("/dashboard/nodes/n1", "looks"))
                .contains("Which images it has")
                .doesNotContain("change-node-n1");
    }

    @Test
    @DisplayName("values are shown to who sees all deployments, and set by who may set them")
    void values() throws Exception {
        assertThat(page("/dashboard/values", "all")).contains("id=\"var-set\"", ">Remove a<");
        assertThat(page("/dashboard/values", "looks"))
                .contains("<b>a</b>", "Variables", "Registries")
                .doesNotContain("<form method=\"post\" action=\"/dashboard/values\" ", "var-set", "Remove");
        SlotVolume mine = new SlotVolume("web-a", "0", "data", "n1", NOW, null);
        SlotVolume others = new SlotVolume("db", "0", "tables", "n1", NOW, null);
        server.orchestrator.volumes = List.of(new VolumeView(mine, null, "", ""), new VolumeView(others, null, "", ""));
        assertThat(page("/dashboard/volumes", "some")).contains("Remove data").doesNotContain("tables");
        assertThat(page("/dashboard/volumes", "looks"))
                .contains("<b>data</b>", "<b>tables</b>")
                .doesNotContain("Remove", "action=\"/dashboard/volumes\"");
        assertThat(page("/dashboard/compose", "some")).contains("<textarea id=\"file\"");
        assertThat(page("/dashboard/compose", "looks"))
                .doesNotContain("<textarea")
                .contains("does not let you");
        for (String path : List.of("/dashboard", "/dashboard/nodes/n1")) {
            assertThat(page(path, "looks")).contains("href=\"/dashboard/values\"");
            assertThat(page(path, "some")).doesNotContain("/dashboard/values");
        }
    }

    @Test
    @DisplayName("a person is told on a page what was refused, and a program in JSON")
    void refusals() throws Exception {
        HttpResponse<String> gone = server.send(server.request("/dashboard/nodes/gone")
                .header("Authorization", "Bearer all")
                .header("Accept", "text/html"));
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(gone.body())
                .contains("there is no node &quot;gone&quot;", "href=\"/dashboard\">Back")
                .doesNotContain("\"code\"");
        HttpResponse<String> forbidden = server.send(server.request("/dashboard/nodes/n1/images")
                .header("Authorization", "Bearer some")
                .header("Accept", "text/html"));
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.body()).contains("some is for the deployments web-*", "You may not do that");
        HttpResponse<String> program =
                server.send(server.request("/dashboard/nodes/gone").header("Authorization", "Bearer all"));
        assertThat(program.body()).contains("\"code\":\"not_found\"");
        HttpResponse<String> api = server.send(server.request("/nodes/gone")
                .header("Authorization", "Bearer all")
                .header("Accept", "text/html"));
        assertThat(api.body()).contains("\"code\":\"not_found\"");
    }

    @Test
    @DisplayName("of many instances the one that fails is shown, wherever its slot is")
    void worstInstances() throws Exception {
        List<Instance> all = new ArrayList<>();
        for (int slot = 0; slot < 260; slot++) {
            all.add(running("web-a", slot, slot == 254));
        }
        put("web-a", DeploymentStatus.RUNNING, all.toArray(Instance[]::new));
        assertThat(page("/dashboard", "all"))
                .containsSubsequence("slot 254", "slot 0")
                .doesNotContain("slot 60");
        assertThat(page("/dashboard/nodes/n1", "all"))
                .containsSubsequence("slot 254", "slot 0")
                .doesNotContain("slot 230");
    }

    @Test
    @DisplayName("deployments come by how much they need a look; those that are done and those that go, last")
    void worstDeployments() throws Exception {
        put("a-done", DeploymentStatus.COMPLETED);
        put("b-goes", DeploymentStatus.DELETING);
        put("c-runs", DeploymentStatus.RUNNING);
        put("d-comes", DeploymentStatus.DEPLOYING);
        put("e-waits", DeploymentStatus.PENDING);
        put("f-failed", DeploymentStatus.FAILED);
        put("g-bad", DeploymentStatus.DEGRADED);
        assertThat(page("/dashboard", "all"))
                .contains("<b>3</b> need a look")
                .containsSubsequence(
                        ">f-failed</h3>",
                        ">g-bad</h3>",
                        ">e-waits</h3>",
                        ">d-comes</h3>",
                        ">a-done</h3>",
                        ">c-runs</h3>",
                        ">b-goes</h3>");
    }
}
