package io.knit.testkit.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.NodeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a job wrote is read by its name, once nothing of it is there any more. */
@KnitFleet(time = KnitFleet.Time.REAL, agents = 2)
@Timeout(60)
class FinishedLogsTest {
    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> logs(TestFleet fleet, String name) throws IOException, InterruptedException {
        URI api = fleet.api().orElseThrow();
        return client.send(
                HttpRequest.newBuilder(URI.create(api + "/deployments/" + name + "/logs"))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @DisplayName("of a job that is over: of each attempt that ended well, and of none where none is known")
    void ofAJob(TestFleet fleet) throws Exception {
        fleet.deploy(DeploymentSpec.builder("sum", "web:1")
                .args(List.of("echo the sum is 42; exit 0"))
                .job(new JobSpec(2, 2, 0, null))
                .build());
        assertThat(fleet.comesTrue(() -> fleet.server()
                        .deployment("sum")
                        .filter(it -> it.status() == DeploymentStatus.COMPLETED)
                        .filter(it -> it.instances().isEmpty())
                        .isPresent()))
                .isTrue();
        List<JobRun.Attempt> ended = Objects.requireNonNull(fleet.server()
                        .deployment("sum")
                        .orElseThrow()
                        .deployment()
                        .run())
                .ended();
        assertThat(ended).hasSize(2);

        HttpResponse<String> read = logs(fleet, "sum");
        assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
        assertThat(read.body().lines())
                .containsExactlyInAnyOrder(
                        ended.get(0).instance() + " the sum is 42", ended.get(1).instance() + " the sum is 42");

        JobRun.Attempt first = ended.get(0);
        JobRun.Attempt second = ended.get(1);
        assertThat(first.node()).isNotEqualTo(second.node());
        fleet.stopAgent(first.node());
        assertThat(fleet.comesTrue(() -> fleet.server()
                        .node(first.node())
                        .filter(it -> it.state() == NodeState.DOWN)
                        .isPresent()))
                .isTrue();
        HttpResponse<String> rest = logs(fleet, "sum");
        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(200);
        assertThat(rest.body().lines())
                .as("what can't be read is named")
                .anySatisfy(line -> assertThat(line).contains(first.instance(), "is down"))
                .contains(second.instance() + " the sum is 42");
    }

    @Test
    @DisplayName("of a schedule that had no run yet it says that")
    void ofASchedule(TestFleet fleet) throws Exception {
        fleet.deploy(DeploymentSpec.builder("nightly", "web:1")
                .cron(new CronSpec("0 0 1 1 *", "UTC", CronSpec.Overlap.FORBID, 1, Duration.ZERO))
                .build());
        HttpResponse<String> read = logs(fleet, "nightly");
        assertThat(read.statusCode()).isEqualTo(404);
        assertThat(read.body()).contains("no run of nightly has begun yet");
    }
}
