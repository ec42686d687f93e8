package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Update;
import io.knit.api.model.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server, an agent and a real engine: what is not a number of replicas. */
class DockerModesTest extends EngineServerTest {
    DockerModesTest() {
        super("modes");
    }

    private DeploymentSpecBuilder spec(String... command) {
        return DeploymentSpec.builder(name, engine.image).pull(PullPolicy.NEVER).command(List.of(command));
    }

    private DeploymentSpec global(String seconds) {
        return spec("busybox", "sleep", seconds)
                .mode(Mode.GLOBAL)
                .update(Update.DEFAULT.withMinHealthy(Duration.ZERO))
                .build();
    }

    private List<Instance> instances() {
        return server.snapshot().deployment(name).orElseThrow().instances();
    }

    private boolean isHealthy(int revision) {
        List<Instance> all = instances();
        return all.size() == 1 && all.get(0).isHealthy() && all.get(0).revision() == revision;
    }

    private void wish(NodeWish.Availability availability) {
        await(server.run(new Command.SetAvailability("n1", availability), Caller.PROGRAM));
    }

    private JobRun run() {
        return Objects.requireNonNull(view().deployment().run());
    }

    private DeploymentView view() {
        return server.snapshot().deployment(name).orElseThrow();
    }

    @Test
    @DisplayName("job: two of three at once, one of which fails first; each is counted once, and nothing is left")
    void job() {
        await(agent.start());
        await(server.deploy(spec(
                        "sh",
                        "-c",
                        "busybox sleep 0.3; if [ \"$(busybox cat /etc/slot)\" = 1 ] && busybox mkdir /tries/once; then exit 3; fi")
                .template("/etc/slot", "{{ instance.slot }}")
                // the slot's, so that the second attempt knows of the first
                .volume(VolumeSpec.named("tries", "/tries"))
                .job(new JobSpec(3, 2, 10, null))
                .build()));
        until(() -> view().status() == DeploymentStatus.COMPLETED);
        until(() -> view().instances().isEmpty());

        JobRun run = run();
        assertThat(run.completed()).containsExactly(0, 1, 2);
        assertThat(run.failures()).isOne();
        assertThat(run.reason()).isEmpty();
        assertThat(await(runtime.snapshot(server.snapshot().cluster())).containers())
                .isEmpty();
        await(server.undeploy(view().name(), true));
        until(() -> server.snapshot().volumes().isEmpty());
    }

    @Test
    @DisplayName("job: attempts that fail use up the retries, and the last stays to be looked into")
    void failedJob() {
        await(agent.start());
        await(server.deploy(spec("sh", "-c", "exit 7")
                .job(new JobSpec(1, 1, 1, Duration.ofSeconds(30)))
                .build()));
        until(() -> view().status() == DeploymentStatus.FAILED);

        assertThat(run().reason()).contains("ended with exit code 7").endsWith("; job.retries, 1, are used up");
        assertThat(view().instances())
                .singleElement()
                .satisfies(kept -> assertThat(kept.state()).isEqualTo(InstanceState.FAILED));
        until(() -> await(runtime.snapshot(server.snapshot().cluster()))
                        .containers()
                        .size()
                == 1);
    }

    @Test
    @DisplayName(
            "cron: at the full minute a run begins, by the slot of that time, and completes; nothing of it is left on the engine")
    void cron() {
        await(agent.start());
        Instant due = Instant.parse("2026-11-27T02:31:00Z");
        servers.setClock(due.minusSeconds(6));
        await(server.deploy(spec("sh", "-c", "busybox sleep 0.2")
                .cron(new CronSpec("31 2 * * *", "UTC", CronSpec.Overlap.FORBID, 3, Duration.ofHours(24)))
                .build()));
        assertThat(runs().runs()).isEmpty();
        until(() -> runs().of(due) != null);
        assertThat(server.snapshot().deployment(name).orElseThrow().instances())
                .allSatisfy(instance -> assertThat(instance.key()).isEqualTo(due.toString()));
        until(() -> phase(due) == JobRun.Phase.COMPLETED);
        assertThat(runs().runs()).hasSize(1);
        until(() -> await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .isEmpty());
    }

    private CronRuns runs() {
        return Objects.requireNonNull(view().deployment().cron());
    }

    private JobRun.Phase phase(Instant due) {
        return Objects.requireNonNull(runs().of(due)).run().phase();
    }

    @Test
    @DisplayName("global: a node that joins gets one, which is replaced, leaves when it is drained, and comes back")
    void global() {
        await(server.deploy(global("1000")));
        assertThat(instances()).isEmpty();
        await(agent.start());
        until(() -> isHealthy(1));
        assertThat(instances().get(0).key()).isEqualTo("n1");

        await(server.deploy(global("1001")));
        until(() -> isHealthy(2));
        until(() -> running() == 1);

        wish(NodeWish.Availability.DRAINED);
        until(() -> instances().isEmpty());
        assertThat(running()).isZero();
        wish(NodeWish.Availability.ACTIVE);
        until(() -> isHealthy(2));
    }
}
