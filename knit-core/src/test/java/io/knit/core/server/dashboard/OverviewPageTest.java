package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.busy;
import static io.knit.core.server.dashboard.PageFixtures.instance;
import static io.knit.core.server.dashboard.PageFixtures.pendingOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
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
import io.knit.api.model.Mode;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Observed;
import io.knit.api.model.Rollout;
import io.knit.api.model.StartTimes;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the first page shows of deployments and nodes. */
class OverviewPageTest {
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
    void whatIsNotKnownOfANodeLeavesNoHoleInItsLine() throws Exception {
        server.orchestrator.node(Fixtures.node(
                "n1",
                NodeState.READY,
                new NodeFacts(
                        "n1", Map.of(), new Capacity(0, 0), "20.10", "0.1.0", "10.54.0.10", "key", "", List.of())));
        assertThat(server.get("/dashboard").body()).contains("<span class=\"aside\">10.54.0.10 · engine 20.10</span>");
    }

    @Test
    void howLongTheStartTookIsSaidWhereItIsKnown() throws Exception {
        busy(server, "plain");
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
    void linksOnlyWhatABrowserCanFollow() throws Exception {
        busy(server, "plain");
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
}
