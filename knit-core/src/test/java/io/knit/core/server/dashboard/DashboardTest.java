package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Absence;
import io.knit.api.model.Capacity;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Liveness;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Observed;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Reservation;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.StartTimes;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Testimony;
import io.knit.api.model.VolumeView;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DashboardTest {
    private static final String EVIL = "<script>alert(1)</script>\"'&";
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void rootLeadsToAnEmptyDashboard() throws Exception {
        HttpResponse<String> root = server.get("/");
        assertThat(root.statusCode()).isEqualTo(302);
        assertThat(root.headers().firstValue("Location")).contains("/dashboard");

        HttpResponse<String> page = server.get("/dashboard");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body()).contains("Nothing is deployed yet").contains("No agent has joined yet");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        // with no-referrer a browser would send the forms with "Origin: null", which is refused
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
        assertThat(page.headers().firstValue("Set-Cookie").orElse(""))
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict");
    }

    @Test
    void theFormSaysOfItsFieldsWhatTheTableSays() throws Exception {
        String page = server.get("/dashboard").body();
        FormWords.all()
                .forEach((field, words) -> assertThat(page)
                        .as(field)
                        .contains("title=\"" + words.title().replace("'", "&#39;") + "\">" + words.label())
                        .contains(words.hint()));
        assertThat(page)
                .contains("title=\"how many instances, 0–1000\">Instances</label>")
                .contains(">Node selector <small>labels a node must have</small></label>");
        HttpResponse<String> refused =
                new Session().post("/dashboard/deploy", "name", "a", "image", "b:1", "replicas", "x");
        assertThat(refused.body()).contains("give a whole number from 0 to 1000");
    }

    @Test
    void aJobIsShownWithHowMuchOfItIsDone() throws Exception {
        DeploymentSpec job = DeploymentSpec.builder("sum", "sum:1")
                .job(new JobSpec(3, 2, 0, null))
                .build();
        server.orchestrator.put(
                new Deployment("sum", 1, job, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                        .with(JobRun.begin(1, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                                .completing(1)),
                DeploymentStatus.RUNNING,
                List.of());
        server.orchestrator.put(
                DeploymentSpec.builder("log", "log:1").mode(Mode.GLOBAL).build(),
                DeploymentStatus.RUNNING,
                List.of(pendingOf("log", "n7"), pendingOf("log", "n8")));
        assertThat(server.get("/dashboard").body())
                .contains("1/3 completed")
                .contains("0/2 running")
                .contains("slot n7");
    }

    @Test
    void whatRunsByTheClockIsShownWithItsNextAndItsLastRuns() throws Exception {
        Instant due = Instant.parse("2026-01-01T04:00:00Z");
        DeploymentSpec report = DeploymentSpec.builder("report", "report:1")
                .cron(CronSpec.of("0 4 * * *"))
                .build();
        JobRun failed = JobRun.begin(1, due, due).in(JobRun.Phase.FAILED, "it ended <badly>", due);
        server.orchestrator.put(
                new Deployment("report", 1, report, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW)
                        .with(CronRuns.begin(due.minusSeconds(1))
                                .beginning(new CronRun(due, due, failed))
                                .skipping(due.plusSeconds(86_400), "it was left out")),
                DeploymentStatus.DEGRADED,
                List.of());
        assertThat(server.get("/dashboard").body())
                .contains("next run 2026-01-03T04:00:00Z")
                .containsSubsequence(
                        "skipped", "2026-01-02T04:00:00Z", "it was left out", "failed", "2026-01-01T04:00:00Z")
                .contains("it ended &lt;badly&gt;");
    }

    private static Instance pendingOf(String deployment, String node) {
        return Instance.pending(
                        deployment + "-0-" + node,
                        deployment,
                        1,
                        0,
                        0,
                        List.of(),
                        FakeOrchestrator.NOW,
                        "",
                        FakeOrchestrator.NOW)
                .keyed(node);
    }

    @Test
    void whatPeopleWishIsShownWithWhoseWishItIs() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        assertThat(server.get("/dashboard").body()).doesNotContain(">drained<", "drained by");
        server.orchestrator.run(
                new Command.SetAvailability("n1", Availability.DRAINED),
                new Caller("ann", Caller.Role.ADMIN, "10.0.0.1"));
        server.orchestrator.put(
                new Deployment(
                                "web",
                                1,
                                DeploymentSpec.builder("web", "web:1").build(),
                                false,
                                FakeOrchestrator.NOW,
                                FakeOrchestrator.NOW)
                        .asPaused(true),
                DeploymentStatus.RUNNING,
                List.of());

        String page = server.get("/dashboard").body();

        assertThat(page).contains("<span class=\"pill quiet\">drained</span>", "drained by ann", "running, paused");
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
    void whatIsNotKnownOfANodeLeavesNoHoleInItsLine() throws Exception {
        server.orchestrator.node(Fixtures.node(
                "n1",
                NodeState.READY,
                new NodeFacts(
                        "n1", Map.of(), new Capacity(0, 0), "20.10", "0.1.0", "10.54.0.10", "key", "", List.of())));
        assertThat(server.get("/dashboard").body()).contains("<span class=\"aside\">10.54.0.10 · engine 20.10</span>");
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

    @Test
    void nothingIsInlineOrFromElsewhere() throws Exception {
        busy("plain");
        String page = server.get("/dashboard").body();
        assertThat(page).doesNotContain("style=\"").doesNotContain("onclick").doesNotContain("<style");
        assertThat(page).doesNotContainPattern("<script(?! src=\"/dashboard/app.js\" defer></script>)");
        assertThat(page).doesNotContainPattern("(src|href)=\"(https?:)?//(?!10\\.54\\.|\\[::1])");
        for (String file : List.of("/dashboard/app.js", "/dashboard/style.css", "/dashboard/icon.svg")) {
            assertThat(server.get(file).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void howLongTheStartTookIsSaidWhereItIsKnown() throws Exception {
        busy("plain");
        assertThat(server.get("/dashboard").body()).doesNotContain("waited");
        Instance known = instance("web", 1, 0, InstanceState.RUNNING, false)
                .with(new Observed(
                        InstanceState.RUNNING,
                        "",
                        0,
                        false,
                        1,
                        FakeOrchestrator.NOW,
                        Health.NONE,
                        FakeOrchestrator.NOW,
                        new StartTimes(
                                Duration.ofMillis(3), Duration.ofSeconds(2), null, Duration.ofMillis(240), null)));
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1").build(), DeploymentStatus.RUNNING, List.of(known));
        assertThat(server.get("/dashboard").body()).contains("slot 0 · waited 3ms, pulled 2s, started 240ms</span>");
    }

    @Test
    void whatOthersWroteIsEscaped() throws Exception {
        busy(EVIL);
        for (String path : List.of(
                "/dashboard",
                "/dashboard/fragments",
                "/dashboard?deployed=%3Cscript%3Ealert(1)",
                "/dashboard?undeployed=%3Cscript%3Ealert(1)")) {
            assertThat(server.get(path).body()).doesNotContain("<script>alert").doesNotContain("\"'&");
        }
        assertThat(server.get("/dashboard").body()).contains("&lt;script&gt;alert(1)");
        Session session = new Session();
        HttpResponse<String> again = session.post(
                "/dashboard/deploy",
                "name",
                EVIL,
                "image",
                EVIL,
                "platform",
                EVIL,
                "replicas",
                EVIL,
                "selector",
                EVIL,
                "ports",
                EVIL,
                "env",
                "</textarea>" + EVIL,
                "destination",
                EVIL,
                "content",
                "</textarea>" + EVIL);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .doesNotContain("<script>alert")
                .doesNotContain("</textarea><")
                .doesNotContain("&lt;/textarea>");
    }

    @Test
    void deploysByThePlainForm() throws Exception {
        Session session = new Session();

        HttpResponse<String> done = session.post(
                "/dashboard/deploy",
                "name",
                " web ",
                "image",
                "nginx:1",
                "platform",
                " linux/arm64 ",
                "replicas",
                "2",
                "selector",
                "region=eu\r\n\r\nrole = api",
                "ports",
                "80\r\n8080:80\r\n10.54.0.15:53:53/udp\r\n[::1]:81:80\r\nmesh:82:80",
                "env",
                "A=b=c\r\nEMPTY=",
                "destination",
                "/a.html",
                "content",
                "x\r\n{{ node.id }}",
                "destination",
                "",
                "content",
                "");

        assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).contains("/dashboard?deployed=web");
        assertThat(server.get("/dashboard?deployed=web").body()).contains("web was accepted as revision 1.");
        DeploymentSpec spec = server.orchestrator.accepted.get(0);
        assertThat(spec.name()).isEqualTo("web");
        assertThat(spec.process().platform()).isEqualTo("linux/arm64");
        assertThat(spec.replicas()).isEqualTo(2);
        assertThat(spec.nodeSelector()).isEqualTo(Map.of("region", "eu", "role", "api"));
        assertThat(spec.env()).isEqualTo(Map.of("A", "b=c", "EMPTY", ""));
        assertThat(spec.ports())
                .containsExactly(
                        new PortSpec(null, 0, 80, Protocol.TCP),
                        new PortSpec(null, 8080, 80, Protocol.TCP),
                        new PortSpec("10.54.0.15", 53, 53, Protocol.UDP),
                        new PortSpec("::1", 81, 80, Protocol.TCP),
                        new PortSpec("mesh", 82, 80, Protocol.TCP));
        assertThat(spec.templates()).containsExactly(new TemplateSpec("/a.html", "x\n{{ node.id }}"));
    }

    @Test
    void errorsStandBesideTheirFieldsAndWhatWasTypedStays() throws Exception {
        HttpResponse<String> again = new Session()
                .post(
                        "/dashboard/deploy",
                        "name",
                        "Web",
                        "image",
                        "nginx:1",
                        "platform",
                        "linux/x86_64",
                        "replicas",
                        "1",
                        "selector",
                        "",
                        "ports",
                        "0:70000",
                        "env",
                        "",
                        "destination",
                        "",
                        "content",
                        "",
                        "destination",
                        "/a",
                        "content",
                        "{{ nod }}");

        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains("value=\"Web\"")
                .contains("value=\"nginx:1\"")
                .contains("id=\"name-problem\"")
                .contains("not a DNS label")
                .contains("id=\"platform-problem\"")
                .contains("did you mean linux/amd64?")
                .contains("id=\"ports-problem\"")
                .contains("id=\"template1-problem\"")
                .contains("line 1, column 4")
                .contains("0:70000");
        assertThat(server.orchestrator.accepted).isEmpty();

        HttpResponse<String> unreadable = new Session()
                .post(
                        "/dashboard/deploy",
                        "name",
                        "",
                        "image",
                        "",
                        "replicas",
                        "x",
                        "selector",
                        "a",
                        "ports",
                        "x/y",
                        "env",
                        "=b\nA=1\nA=2");
        assertThat(unreadable.body())
                .contains("give a name")
                .contains("give an image")
                .contains("whole number")
                .contains("id=\"selector-problem\"")
                .contains("is not a port")
                .contains("given twice");
    }

    @Test
    void anotherFileCanBeAddedWithoutScript() throws Exception {
        HttpResponse<String> more = new Session()
                .post("/dashboard/deploy", "more", "1", "name", "web", "destination", "/a", "content", "x");
        assertThat(more.statusCode()).isEqualTo(200);
        assertThat(more.body())
                .contains("value=\"web\"")
                .contains("value=\"/a\"")
                .contains("id=\"destination1\"");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void undeploys() throws Exception {
        busy("plain");
        Session session = new Session();
        HttpResponse<String> done = session.post("/dashboard/undeploy", "name", "web");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(server.orchestrator.snapshot().deployment("web")).isEmpty();
        HttpResponse<String> again = session.post("/dashboard/undeploy", "name", "web");
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("there is no deployment");
    }

    @Test
    void undeploysWhatWasSeen() throws Exception {
        busy("plain");
        assertThat(server.get("/dashboard").body())
                .containsSubsequence("/dashboard/undeploy", "name=\"revision\" value=\"1\"", "Stop and remove web");
        Session session = new Session();
        server.orchestrator.commands.clear();
        session.post("/dashboard/undeploy", "name", "web", "revision", "1");
        assertThat(server.orchestrator.commands).containsExactly(new Command.Undeploy("web", 1));
        assertThat(session.post("/dashboard/undeploy", "name", "web", "revision", "x")
                        .body())
                .contains("Nothing was done: the revision is no whole number");
    }

    @Test
    void whatAButtonIsRefusedStandsAtNoFieldOfTheDeployFormAndWhatWasTypedStays() throws Exception {
        busy("plain");
        server.orchestrator.refused = KnitException.at("/replicas", ErrorCode.INVALID_VALUE, "1001 are more than 1000");
        Session session = new Session();
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
        busy("plain");
        server.orchestrator.refused = new KnitException(ErrorCode.REVISION_CHANGED, "web has revision 4, not 3");
        HttpResponse<String> answer =
                new Session().post("/dashboard/change", "do", "restart", "name", "web", "revision", "3");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Nothing was done: web has revision 4, not 3");
    }

    @Test
    void aButtonShowsWhatWouldHappenAndOnlyYesDoesIt() throws Exception {
        busy("plain");
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
        Session session = new Session();
        server.orchestrator.commands.clear();

        HttpResponse<String> plan = session.post("/dashboard/plan", "do", "scale", "name", "web", "replicas", "5");
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        assertThat(plan.body())
                .contains("Scale web to 5?", "<b>web</b> slot 0 on n1 → n2", "about 12s500ms: stopping takes at most")
                .contains("web: 3 of its instances are healthy now, and 2 at the worst moment; then none, until a")
                .contains("name=\"revision\" value=\"1\"", "Yes, scale web to 5");
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
        busy("plain");
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
        Session session = new Session();
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
    void aButtonIsThereWhereItIsOfUse() throws Exception {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1").replicas(3).build();
        Deployment first = new Deployment("web", 1, spec, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW);
        server.orchestrator.put(first, DeploymentStatus.RUNNING, List.of());
        server.orchestrator.node("n7", NodeState.READY, Map.of(), "", "");
        assertThat(server.get("/dashboard").body())
                .contains("value=\"scale\"", "name=\"replicas\" value=\"3\"", "value=\"restart\"", "value=\"pause\"")
                .contains("value=\"drain\"", "value=\"pause-node\"")
                .doesNotContain("value=\"rollback\"", "value=\"resume\"", "value=\"promote\"", "value=\"activate\"");
        Rollout canary = Rollout.NONE.in(Rollout.Phase.CANARY, "", FakeOrchestrator.NOW);
        server.orchestrator.put(
                new Deployment("web", 2, spec, false, FakeOrchestrator.NOW, FakeOrchestrator.NOW, true, canary),
                DeploymentStatus.RUNNING,
                List.of());
        server.orchestrator.run(new Command.SetAvailability("n7", Availability.DRAINED), Caller.PROGRAM);
        assertThat(server.get("/dashboard").body())
                .contains("value=\"rollback\"", "value=\"resume\"", "value=\"promote\"", "value=\"activate\"")
                .doesNotContain("value=\"pause\"", "value=\"drain\"");
    }

    @Test
    void whatIsTypedWrongIsSaid() throws Exception {
        busy("plain");
        Session session = new Session();
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

    @Test
    void formsWithoutTheirTokenDoNothing() throws Exception {
        busy("plain");
        Session session = new Session();
        String[] form = {"name", "evil", "image", "x:1", "replicas", "1"};

        List<HttpResponse<String>> refused = new ArrayList<>();
        refused.add(session.send("/dashboard/deploy", session.cookie, "", form));
        refused.add(session.send("/dashboard/deploy", session.cookie, "0".repeat(64), form));
        refused.add(session.send("/dashboard/deploy", "", session.token, form));
        refused.add(session.send("/dashboard/deploy", "knit_csrf_test=" + "a".repeat(32), session.token, form));
        refused.add(session.send("/dashboard/deploy", "knit_csrf_test=", session.token, form));
        refused.add(session.send("/dashboard/undeploy", "", session.token, "name", "web"));
        refused.add(session.send("/dashboard/undeploy", session.cookie, "", "name", "web"));
        refused.add(session.send("/dashboard/plan", session.cookie, "", "do", "restart", "name", "web"));
        refused.add(session.send("/dashboard/change", session.cookie, "", "do", "restart", "name", "web"));
        refused.add(session.send("/dashboard/change", "", session.token, "do", "restart", "name", "web"));

        for (HttpResponse<String> response : refused) {
            assertThat(response.statusCode()).isEqualTo(403);
        }
        assertThat(refused.get(0).body()).contains("value=\"evil\"").contains("opened before");
        assertThat(server.orchestrator.accepted).isEmpty();
        assertThat(server.orchestrator.snapshot().deployment("web")).isPresent();
    }

    @Test
    void linksOnlyWhatABrowserCanFollow() throws Exception {
        busy("plain");
        String page = server.get("/dashboard").body();
        assertThat(page).contains("href=\"http://10.54.0.15:8080/\"").contains("href=\"http://[::1]:81/\"");
        assertThat(page).contains("href=\"http://10.54.0.10:83/\"").doesNotContain("href=\"http://10.54.0.15:53/\"");
    }

    @Test
    void aContainerThatKeepsEndingIsNotShownAsRunning() throws Exception {
        server.orchestrator.put(
                DeploymentSpec.builder("loop", "x:1").build(),
                DeploymentStatus.DEGRADED,
                List.of(instance("loop", 1, 0, InstanceState.RUNNING, true)));
        String page = server.get("/dashboard").body();
        assertThat(page).contains("0/1 running, 1 failing").contains("<b>0<i>/1</i></b> instances running");
        assertThat(page).contains("<span class=\"pill bad\">failing</span>");
        assertThat(page).doesNotContain("href=\"http://10.54.0.15:8080/\"");
    }

    @Test
    void whatAnOlderRevisionServesIsCounted() throws Exception {
        server.orchestrator.put(
                DeploymentSpec.builder("web", "x:1").replicas(4).build(),
                DeploymentStatus.DEPLOYING,
                List.of(
                        instance("web", 1, 0, InstanceState.RUNNING, false),
                        instance("web", 7, 1, InstanceState.RUNNING, false),
                        instance("web", 7, 2, InstanceState.RUNNING, false),
                        instance("web", 1, 2, InstanceState.PREPARING, false),
                        instance("web", 7, 3, InstanceState.STOPPING, false)));
        assertThat(server.get("/dashboard").body())
                .contains("3/4 running, 2 of an older revision<")
                .contains("slot 1 · revision 7<");
    }

    @Test
    void timesHaveADate() throws Exception {
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        assertThat(server.get("/dashboard").body()).contains(">2026-11-23 12:00:01 UTC</time>");
        assertThat(server.get("/dashboard/app.js").body()).contains("toLocaleDateString");
    }

    private static VolumeView volume(String deployment, String name, String node) {
        return new VolumeView(
                new SlotVolume(deployment, "0", name, node, FakeOrchestrator.NOW, null), null, "", "", null);
    }

    @Test
    void volumesAreListedThoseFirstWhoseDeploymentIsGone() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n2", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n3", NodeState.DOWN, Map.of(), "", "it is silent");
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        SlotVolume data = volume("books", "data", "n1").volume();
        server.orchestrator.volumes = List.of(
                new VolumeView(data, "books-0-a", "", "", null),
                new VolumeView(
                        volume("books", "moving", "n1").volume(),
                        null,
                        "",
                        "",
                        new SlotMove("books", "0", "n1", "n2", List.of("moving"), true, FakeOrchestrator.NOW, 0)),
                new VolumeView(data.leftBehind("n1"), null, "", "", null),
                new VolumeView(
                        data.removing(FakeOrchestrator.NOW), null, "n3 is <down>", "it goes when n3 is back", null),
                volume("old", "kept", "n1"));
        String page = server.get("/dashboard/volumes").body();
        assertThat(page)
                .containsSubsequence(
                        "<b>old</b> slot 0: <b>kept</b>",
                        "its deployment is gone",
                        "Remove kept with all",
                        "<b>books</b> slot 0: <b>data</b>",
                        "used by <b>books-0-a</b>",
                        "<input name=\"to\" list=\"nodes\" required",
                        "<b>moving</b>",
                        "End the move",
                        "its slot moves from n1 to n2: it is copied",
                        "the old copy: its slot was moved to n1",
                        "is to go; it goes when n3 is back",
                        "<datalist id=\"nodes\"><option value=\"n1\"></option><option value=\"n2\"></option></datalist>")
                .doesNotContain("<down>", "more nodes");
        assertThat(page.split("name=\"to\"", -1)).hasSize(2);
        assertThat(page.split("value=\"remove\" formnovalidate", -1)).hasSize(5);
        server.orchestrator.forget("n2");
        assertThat(server.get("/dashboard/volumes").body()).doesNotContain("name=\"to\"", "<datalist");
        assertThat(server.get("/dashboard").body())
                .contains(
                        "<input type=\"checkbox\" id=\"volumes-books\" name=\"volumes\" value=\"1\"> <label for=\"volumes-books\">");
    }

    @Test
    @DisplayName("the page of volumes offers the nodes once, and its size does not grow with volumes times nodes")
    void volumesOfALargeFleet() throws Exception {
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        for (int i = 0; i < 2000; i++) {
            server.orchestrator.node("node-" + (1000 + i), NodeState.READY, Map.of(), "", "");
        }
        server.orchestrator.volumes = Stream.concat(
                        IntStream.range(0, 600).mapToObj(i -> volume("books", "data" + i, "node-1001")),
                        Stream.of(volume("old", "kept", "node-1001")))
                .toList();
        String page = server.get("/dashboard/volumes").body();
        assertThat(page.length()).isLessThan(1 << 20);
        assertThat(page.split("<option", -1)).hasSize(501);
        // containsSubsequence takes minutes for as long a page
        assertThat(Stream.of(
                                "<b>old</b> slot 0",
                                "<b>data0</b>",
                                "<b>data498</b>",
                                "A slot can be moved to 1500 more nodes than are offered: type the name.",
                                "and 101 more")
                        .map(page::indexOf))
                .isSorted()
                .doesNotContain(-1);
        assertThat(page).doesNotContain("<b>data499</b>");
    }

    @Test
    void volumesGoAndMoveByPlainForms() throws Exception {
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        Session session = new Session();
        String[] data = {"name", "books", "slot", "0", "volume", "data", "node", "n1"};
        Map<String, String> done =
                Map.of("remove", "removing=books/0/data", "move", "moving=books/0", "cancel", "staying=books/0");
        for (String action : List.of("remove", "move", "cancel")) {
            HttpResponse<String> answer =
                    session.post("/dashboard/volumes", with(with(data, "do", action), "to", "n2"));
            assertThat(answer.headers().firstValue("Location"))
                    .as(answer.body())
                    .hasValue("/dashboard/volumes?" + done.get(action));
        }
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.RemoveVolume("books", "0", "data", "n1"),
                        new Command.MoveSlot("books", "0", "n2"),
                        new Command.CancelMove("books", "0"));
        assertThat(server.get("/dashboard/volumes?moving=books/0").body())
                .contains("role=\"status\">books/0 is being moved with its volumes.");
        assertThat(server.get("/dashboard/volumes?moving=%3Cb%3E").body()).doesNotContain("being moved");

        assertThat(session.post("/dashboard/volumes", with(data, "do", "eat")).statusCode())
                .isEqualTo(400);
        assertThat(session.send("/dashboard/volumes", "", session.token, with(data, "do", "remove"))
                        .statusCode())
                .isEqualTo(403);
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "books-0-a has it");
        HttpResponse<String> used = session.post("/dashboard/volumes", with(data, "do", "remove"));
        assertThat(used.statusCode()).isEqualTo(409);
        assertThat(used.body()).contains("role=\"alert\">Nothing was done: books-0-a has it");
        assertThat(server.orchestrator.commands).hasSize(3);

        server.orchestrator.refused = null;
        server.orchestrator.commands.clear();
        session.post("/dashboard/undeploy", "name", "books", "revision", "1", "volumes", "1");
        session.post("/dashboard/undeploy", "name", "books", "revision", "1");
        assertThat(server.orchestrator.commands)
                .containsExactly(new Command.Undeploy("books", 1, true), new Command.Undeploy("books", 1, false));
    }

    private static final String SHOP =
            "version: '3'\r\nservices:\r\n  a: {image: 'a:${TAG}'}\r\n  b: {image: 'b:1'}\r\n";

    private static String hidden(String page, String name) {
        Matcher field =
                Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(page);
        assertThat(field.find()).as(page).isTrue();
        return field.group(1);
    }

    private void ofShop(String name) {
        server.orchestrator.put(
                DeploymentSpec.builder(name, "old:1").stack("shop").build(), DeploymentStatus.RUNNING, List.of());
    }

    @Test
    void aComposeFileIsShownAsAPlanAndDoneAsItWasShown() throws Exception {
        ofShop("shop-b");
        ofShop("shop-gone");
        Session session = new Session();
        String[] typed = {"file", SHOP, "project", "shop", "env", "TAG=4"};
        HttpResponse<String> plan = session.post("/dashboard/compose", with(typed, "do", "plan"));
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        assertThat(plan.body())
                .containsSubsequence(
                        "shop: what would come of it",
                        "compose.yaml:1:1: version:",
                        "Deploy shop-a",
                        "<code>/replicas</code> <del>1</del> → <ins>2</ins>",
                        "Deploy shop-b",
                        "name=\"do\" value=\"deploy\">Yes, deploy shop")
                .doesNotContain("shop-gone", "name=\"prune\"");
        assertThat(hidden(plan.body(), "seen")).isEqualTo("shop-a=0,shop-b=1");
        assertThat(server.orchestrator.commands).isEmpty();

        String[] seen = with(with(typed, "do", "deploy"), "seen", "shop-a=0,shop-b=1");
        HttpResponse<String> done = session.post("/dashboard/compose", seen);
        assertThat(done.headers().firstValue("Location")).as(done.body()).hasValue("/dashboard?changed=shop");
        assertThat(server.orchestrator.accepted)
                .extracting(DeploymentSpec::image)
                .containsExactly("a:4", "b:1");
        assertThat(server.orchestrator.commands.stream().map(Command.Deploy.class::cast))
                .extracting(Command.Deploy::ifRevision)
                .containsExactly(0, 1);

        server.orchestrator.commands.clear();
        plan = session.post("/dashboard/compose", with(with(typed, "do", "plan"), "prune", "1"));
        assertThat(plan.body()).contains("Undeploy shop-gone", "name=\"prune\" value=\"1\"");
        String shown = hidden(plan.body(), "seen");
        assertThat(shown).isEqualTo("shop-a=1,shop-b=1,shop-gone=1");
        ofShop("shop-later");
        session.post("/dashboard/compose", with(with(with(typed, "do", "deploy"), "seen", shown), "prune", "1"));
        assertThat(server.orchestrator.commands).hasSize(3).endsWith(new Command.Undeploy("shop-gone", 1));
    }

    @Test
    void whatIsRefusedOfAComposeFileIsSaidWithItsLinesAndTheFileStays() throws Exception {
        Session session = new Session();
        String wrong = "services:\n  a: {image: 'a:1', nonsense: 1}\n  b: {image: '</textarea><script>', other: 1}\n";
        for (String action : List.of("plan", "deploy")) {
            HttpResponse<String> again = session.post(
                    "/dashboard/compose",
                    "do",
                    action,
                    "file",
                    wrong,
                    "project",
                    "shop",
                    "prune",
                    "1",
                    "seen",
                    "shop-a=0");
            assertThat(again.statusCode()).isEqualTo(400);
            assertThat(again.body())
                    .contains("<li>compose.yaml:2:", "<li>compose.yaml:3:", "aria-describedby=\"file-problem\"")
                    .contains("image: &#39;&lt;/textarea&gt;&lt;script&gt;&#39;, other: 1}", "value=\"1\" checked")
                    .doesNotContain("<script");
        }
        for (String unknown : List.of("", "shop-a", "shop-a=0;x")) {
            assertThat(session.post(
                                    "/dashboard/compose",
                                    "do",
                                    "deploy",
                                    "file",
                                    SHOP,
                                    "project",
                                    "shop",
                                    "seen",
                                    unknown)
                            .body())
                    .contains("plan it anew");
        }
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "shop-a has revision 2 by now");
        HttpResponse<String> late = session.post(
                "/dashboard/compose",
                "do",
                "deploy",
                "env",
                "TAG=4",
                "file",
                SHOP,
                "project",
                "shop",
                "seen",
                "shop-a=1");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("Nothing was done:", "<li>shop-a has revision 2 by now");
        HttpResponse<String> old =
                session.send("/dashboard/compose", "", session.token, "do", "deploy", "file", SHOP, "seen", "shop-a=0");
        assertThat(old.statusCode()).isEqualTo(403);
        assertThat(old.body()).contains("opened before the server", "services:");
        assertThat(server.orchestrator.commands).isEmpty();
    }

    private static Value value(Value.Kind kind, String name, int version, int bytes) {
        return new Value(kind, name, version, bytes, FakeOrchestrator.NOW, "ann", null);
    }

    @Test
    void valuesAreListedWithWhoSetThemAndWhoReadsThem() throws Exception {
        server.orchestrator.values = List.of(
                value(Value.Kind.VAR, "HOST", 3, 1),
                value(Value.Kind.FILE, "app.conf", 2, 70_000),
                value(Value.Kind.REGISTRY, "[fd00::1]:5000", 1, 9).with(Value.Content.of(EVIL)));
        server.orchestrator.readers =
                Map.of("HOST", List.of("a", "b", "c", "d", "e", "f", "g"), "app.conf", List.of("web"));
        String page = server.get("/dashboard/values").body();
        assertThat(page)
                .containsSubsequence(
                        ">Variables</h2>",
                        "<a href=\"/vars/HOST\"><b>HOST</b></a>",
                        "version 3 · 1 byte<",
                        "set <time datetime=\"2026-11-23T12:00:00Z\">2026-11-23 12:00:00 UTC</time> by ann",
                        "used by <b>a, b, c, d, e and 2 more</b>",
                        "name=\"name\" value=\"HOST\">Remove HOST<",
                        ">Secrets</h2>",
                        "None is set yet",
                        ">Files</h2>",
                        "version 2 · 68.4 KiB",
                        "used by <b>web</b>",
                        ">Registries</h2>",
                        "<a href=\"/registries/%5Bfd00%3A%3A1%5D%3A5000\">",
                        "as &lt;script&gt;",
                        "not used")
                .doesNotContain("<script");
        List<String> labelled = Pattern.compile("<label for=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(label -> label.group(1))
                .toList();
        assertThat(labelled).hasSize(9).allSatisfy(id -> assertThat(page).contains(" id=\"" + id + "\""));
    }

    @Test
    void valuesAreSetAndRemovedByPlainForms() throws Exception {
        Session session = new Session();
        String[][] forms = {
            {"var", "HOST", "", "a\r\nb\r\n"},
            {"secret", "db", "", "hush\n\n"},
            {"file", "conf", "", "x\r\ny\r\n"},
            {"registry", "registry.example:5000", "ci", "pass:word"}
        };
        for (String[] form : forms) {
            HttpResponse<String> done = session.post(
                    "/dashboard/values",
                    "do",
                    "set",
                    "kind",
                    form[0],
                    "name",
                    " " + form[1] + " ",
                    "username",
                    form[2],
                    "content",
                    form[3]);
            assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
            assertThat(done.headers().firstValue("Location"))
                    .hasValue("/dashboard/values?set=" + form[0] + "%2F"
                            + URLEncoder.encode(form[1], StandardCharsets.UTF_8));
        }
        HttpResponse<String> removed =
                session.post("/dashboard/values", "do", "remove", "kind", "secret", "name", "old");
        assertThat(removed.headers().firstValue("Location")).hasValue("/dashboard/values?removed=secret%2Fold");
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.SetValue(Value.Kind.VAR, "HOST", Value.Content.of("a\nb")),
                        new Command.SetValue(Value.Kind.SECRET, "db", Value.Content.of("hush\n")),
                        new Command.SetValue(Value.Kind.FILE, "conf", Value.Content.of("x\ny\n")),
                        new Command.SetValue(
                                Value.Kind.REGISTRY, "registry.example:5000", Value.Content.of("ci:pass:word")),
                        new Command.RemoveValue(Value.Kind.SECRET, "old"));
        assertThat(server.orchestrator.callers)
                .allSatisfy(caller -> assertThat(caller.from()).startsWith("the dashboard at "));

        server.orchestrator.values = List.of(value(Value.Kind.VAR, "HOST", 3, 1));
        server.orchestrator.readers = Map.of("HOST", List.of("web"));
        assertThat(server.get("/dashboard/values?set=var%2FHOST").body())
                .contains("The variable HOST is set: it has version 3. It is read by web: where");
        assertThat(server.get("/dashboard/values?removed=secret%2Fold").body()).contains("The secret old is removed.");
        for (String untrue : List.of("?set=var%2Fgone", "?removed=var%2FHOST", "?set=" + "%3Cb%3E")) {
            assertThat(server.get("/dashboard/values" + untrue).body())
                    .as(untrue)
                    .doesNotContain("class=\"notice");
        }
    }

    @Test
    void whatIsRefusedOfAValueStandsAtItsFieldAndNoSecretComesBack() throws Exception {
        Session session = new Session();
        String[] variable = {"do", "set", "kind", "var", "name", "-", "content", "typed before"};
        server.orchestrator.refused = KnitException.at("/name", ErrorCode.INVALID_VALUE, "the name is <wrong>");
        HttpResponse<String> again = session.post("/dashboard/values", variable);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains("Nothing was done: <a href=\"#var-set\">see the form</a>", "id=\"var-set\" open")
                .contains("value=\"-\" required", "aria-invalid=\"true\" aria-describedby=\"var-name-problem\"")
                .contains("id=\"var-name-problem\"><li>the name is &lt;wrong&gt;</li>", "typed before</textarea>");
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "the variable HOST is read by web");
        again = session.post("/dashboard/values", "do", "remove", "kind", "var", "name", "HOST");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("Nothing was done: the variable HOST is read by web", "role=\"alert\"");

        for (String kind : List.of("secret", "registry", "nothing")) {
            String[] hidden = {"do", "set", "kind", kind, "name", "db", "username", "u:v", "content", "hush-hush"};
            again = session.post("/dashboard/values", hidden);
            assertThat(again.statusCode()).as(kind).isBetween(400, 409);
            assertThat(again.body()).contains("Nothing was done: ").doesNotContain("hush-hush");
            again = session.send("/dashboard/values", "", session.token, hidden);
            assertThat(again.statusCode()).as(kind).isEqualTo(403);
            assertThat(again.body()).contains("opened before the server").doesNotContain("hush-hush");
        }
        assertThat(session.post("/dashboard/values", "do", "set", "kind", "registry", "name", "a", "username", "u:v")
                        .body())
                .contains("id=\"registry-username-problem\"><li>this is no user&#39;s name (not shown)");
        assertThat(server.orchestrator.commands).isEmpty();
        refused(session.post("/dashboard/values", with(variable, "force", "1")), "\"force\"");
        HttpResponse<String> foreign = server.send(server.request("/dashboard/values")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", session.cookie)
                .header("Origin", "http://evil.example")
                .POST(BodyPublishers.ofString("csrf=" + session.token + "&do=remove&kind=var&name=a")));
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    void fieldsThatAFormDoesNotHaveAreRefused() throws Exception {
        Session session = new Session();
        String[] plain = {"name", "web", "image", "x:1", "replicas", "1"};
        refused(
                session.post("/dashboard/deploy", with(plain, "dry_run", "true")),
                "\"dry_run\"",
                "remove it; known are");
        refused(session.post("/dashboard/deploy", with(plain, "selectors", "a=b")), "did you mean selector?");
        refused(session.post("/dashboard/deploy", with(plain, "Env", "A=b")), "did you mean env?");
        refused(session.post("/dashboard/deploy", with(plain, "image", "y:1")), "image is given twice");
        refused(session.post("/dashboard/undeploy", "name", "web", "force", "1"), "\"force\"");
        assertThat(server.orchestrator.accepted).isEmpty();
        assertThat(session.post("/dashboard/deploy", plain).statusCode()).isEqualTo(303);
    }

    @Test
    void moreFilesThanThereCanBeAreRefusedAndNoneIsDropped() throws Exception {
        String[] fields = {"name", "web", "image", "x:1", "replicas", "1"};
        for (int i = 0; i < 33; i++) {
            fields = with(with(fields, "destination", "/f" + i), "content", "x");
        }
        HttpResponse<String> answer = new Session().post("/dashboard/deploy", fields);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("32");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    private static void refused(HttpResponse<String> answer, String... words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body().replace("\\\"", "\"")).contains(words);
    }

    private static String[] with(String[] fields, String name, String value) {
        String[] more = Arrays.copyOf(fields, fields.length + 2);
        more[fields.length] = name;
        more[fields.length + 1] = value;
        return more;
    }

    private static Instance instance(String deployment, int revision, int slot, InstanceState state, boolean failing) {
        return Instance.pending(
                        deployment + "-" + slot + "-r" + revision,
                        deployment,
                        revision,
                        slot,
                        0,
                        List.of(),
                        FakeOrchestrator.NOW,
                        "",
                        FakeOrchestrator.NOW)
                .placedOn("n1", List.of(new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP)), FakeOrchestrator.NOW)
                .with(new Observed(
                        state,
                        failing ? "ended with exit code 3" : "",
                        failing ? 5 : 0,
                        failing,
                        1,
                        FakeOrchestrator.NOW));
    }

    /** One of everything, with this text wherever users' text goes. */
    private void busy(String text) {
        server.orchestrator.node("n1", NodeState.READY, Map.of("region", text), text, text);
        server.orchestrator.peer("other", text, "10.54.0.99");
        List<PortBinding> ports = List.of(
                new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP),
                new PortBinding("10.54.0.15", 53, 53, Protocol.UDP),
                new PortBinding("0.0.0.0", 83, 80, Protocol.TCP),
                new PortBinding("::1", 81, 80, Protocol.TCP));
        Instance running = Instance.pending(
                        "web-0-x", "web", 1, 0, 0, List.of(), FakeOrchestrator.NOW, text, FakeOrchestrator.NOW)
                .placedOn("n1", ports, FakeOrchestrator.NOW)
                .with(new Observed(InstanceState.RUNNING, text, 2, false, 1, FakeOrchestrator.NOW));
        server.orchestrator.put(
                DeploymentSpec.builder("web", text).nodeSelector("k", text).build(),
                DeploymentStatus.RUNNING,
                List.of(running));
        server.orchestrator.event("instance.running", "web", "web-0-x", "n1", text);
    }

    /** A browser that has opened the page. */
    private final class Session {
        final String cookie;
        final String token;

        Session() throws IOException, InterruptedException {
            HttpResponse<String> page = server.get("/dashboard");
            cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
            Matcher matcher =
                    Pattern.compile("name=\"csrf\" value=\"([0-9a-f]{64})\"").matcher(page.body());
            assertThat(matcher.find()).isTrue();
            token = matcher.group(1);
        }

        HttpResponse<String> post(String path, String... fields) throws IOException, InterruptedException {
            return send(path, cookie, token, fields);
        }

        HttpResponse<String> send(String path, String cookie, String token, String... fields)
                throws IOException, InterruptedException {
            StringBuilder body = new StringBuilder("csrf=" + token);
            for (int i = 0; i < fields.length; i += 2) {
                body.append('&')
                        .append(fields[i])
                        .append('=')
                        .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
            }
            HttpRequest.Builder request = server.request(path)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(body.toString()));
            return server.send(cookie.isEmpty() ? request : request.header("Cookie", cookie));
        }
    }
}
