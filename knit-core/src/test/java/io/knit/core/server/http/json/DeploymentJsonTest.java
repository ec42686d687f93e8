package io.knit.core.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Observed;
import io.knit.api.model.StartTimes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentJsonTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void aSlotWithANameIsShownWithItsNumberToo() {
        Instance instance = Instance.pending("log-2-x", "log", 1, 2, 0, List.of(), NOW, "", NOW);
        DeploymentSpec spec =
                DeploymentSpec.builder("log", "log:1").mode(Mode.GLOBAL).build();
        DeploymentView view = new DeploymentView(
                new Deployment("log", 1, spec, false, NOW, NOW),
                DeploymentStatus.RUNNING,
                List.of(instance, instance.keyed("n1")));
        var json = DeploymentJson.of(view);
        assertThat(json.get("instances").get(0).has("key")).isFalse();
        assertThat(json.get("instances").get(1).get("key").asText()).isEqualTo("n1");
        assertThat(json.get("instances").get(1).get("slot").asInt()).isEqualTo(2);
        assertThat(json.get("spec").has("replicas")).isFalse();
    }

    @Test
    void theContainersOwnAddressIsShownWhileItRuns() {
        Instance instance = Instance.pending("web-0-x", "web", 1, 0, 0, List.of(), NOW, "", NOW)
                .placedOn("n1", List.of(), NOW);
        assertThat(DeploymentJson.instance(instance.with(at(InstanceState.RUNNING)))
                        .get("address")
                        .asText())
                .isEqualTo("10.210.1.7");
        assertThat(DeploymentJson.instance(instance.with(at(InstanceState.FAILED)))
                        .has("address"))
                .isFalse();
        assertThat(DeploymentJson.instance(instance).has("address")).isFalse();
    }

    private static Observed at(InstanceState state) {
        return new Observed(
                state, "", 0, false, 1, NOW, Health.NONE, NOW, StartTimes.UNKNOWN, null, null, null, "10.210.1.7");
    }

    @Test
    void aJobSaysHowFarItHasCome() {
        Instance instance = Instance.pending("sum-0-x", "sum", 1, 0, 0, List.of(), NOW, "", NOW)
                .placedOn("n1", List.of(), NOW)
                .with(new Observed(InstanceState.FAILED, "ended with exit code 0", 0, false, 1, NOW));
        DeploymentSpec spec =
                DeploymentSpec.builder("sum", "sum:1").job(JobSpec.DEFAULT).build();
        JobRun run = JobRun.begin(1, NOW, NOW)
                .completing(0, new JobRun.Attempt("sum-0-w", "n2"))
                .failing("web-0-a on n1: ended with exit code 3", NOW);
        DeploymentView view = new DeploymentView(
                new Deployment("sum", 1, spec, false, NOW, NOW).with(run), DeploymentStatus.RUNNING, List.of(instance));
        var json = DeploymentJson.of(view);
        assertThat(json.get("job").toString())
                .isEqualTo(
                        "{\"phase\":\"running\",\"revision\":1,\"completed\":1,\"failures\":1,\"since\":\"" + NOW
                                + "\",\"reason\":\"web-0-a on n1: ended with exit code 3\",\"ended\":[{\"instance\":\"sum-0-w\",\"node\":\"n2\"}]}");
        assertThat(json.get("instances").get(0).get("state").asText()).isEqualTo("completed");
        assertThat(json.get("instances").get(0).get("failing").asBoolean()).isFalse();
    }

    @Test
    void whatRunsByTheClockSaysWhenNextAndWhatBecameOfTheLast() {
        DeploymentSpec spec = DeploymentSpec.builder("sum", "sum:1")
                .cron(CronSpec.of("0 * * * *"))
                .build();
        JobRun over = JobRun.begin(1, NOW, NOW).in(JobRun.Phase.REPLACED, "why", NOW);
        CronRuns runs = CronRuns.begin(NOW)
                .beginning(new CronRun(NOW.plusSeconds(3_600), NOW, over))
                .beginning(new CronRun(NOW.plusSeconds(7_200), NOW, JobRun.begin(1, NOW, NOW)))
                .skipping(NOW.plusSeconds(10_800), "because");
        Deployment deployment = new Deployment("sum", 1, spec, false, NOW, NOW).with(runs);
        var json = DeploymentJson.of(new DeploymentView(deployment, DeploymentStatus.RUNNING, List.of()))
                .get("cron");
        assertThat(json.get("next").asText()).isEqualTo(NOW.plusSeconds(14_400).toString());
        assertThat(json.get("skipped").toString())
                .isEqualTo("{\"due\":\"" + NOW.plusSeconds(10_800) + "\",\"reason\":\"because\"}");
        assertThat(json.get("runs")).extracting(it -> it.get("phase").asText()).containsExactly("running", "replaced");
        assertThat(json.get("runs").get(1).get("due").asText())
                .isEqualTo(NOW.plusSeconds(3_600).toString());
        var paused = new DeploymentView(deployment.asPaused(true), DeploymentStatus.RUNNING, List.of());
        assertThat(DeploymentJson.of(paused).get("cron").get("next").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, false, running",
        "RUNNING, true, starting",
        "STARTING, true, starting",
        "PREPARING, true, preparing",
        "STOPPING, true, stopping",
        "LOST, true, lost"
    })
    void whatFailsIsNotShownAsRunning(InstanceState state, boolean failing, String shown) {
        Instance instance = Instance.pending("web-0-x", "web", 1, 0, 0, List.of(), NOW, "", NOW)
                .placedOn("n1", List.of(), NOW)
                .with(new Observed(state, "ended with exit code 3", 4, failing, 1, NOW));
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1").build();
        DeploymentView view = new DeploymentView(
                new Deployment("web", 1, spec, false, NOW, NOW), DeploymentStatus.DEGRADED, List.of(instance));
        var json = DeploymentJson.of(view).get("instances").get(0);
        assertThat(json.get("state").asText()).isEqualTo(shown);
        assertThat(json.get("failing").asBoolean()).isEqualTo(failing);
    }
}
