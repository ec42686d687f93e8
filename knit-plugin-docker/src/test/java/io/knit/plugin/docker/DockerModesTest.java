package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
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
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server, an agent and a real engine: what is not a number of replicas. */
class DockerModesTest extends RealEngineTest {
    private final String name = "modes-" + UUID.randomUUID().toString().substring(0, 6);
    private final ThreadLoop servers = new ThreadLoop("server");
    private InMemoryBus bus;
    private KnitServer server;
    private KnitAgent agent;

    @BeforeEach
    void start(@TempDir Path folder) {
        bus = new InMemoryBus(servers);
        server = KnitServer.builder()
                .withoutHttp()
                .loop(servers)
                .store(await(InMemoryStore.open(new InMemoryStorage(), servers)))
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
        await(server.start());
        agent = KnitAgent.builder()
                .nodeId("n1")
                .transport(bus.connect("n1"))
                .runtime(runtime)
                .discovery(FixedDiscovery.none())
                .dataDir(folder)
                .build();
    }

    @AfterEach
    void stop() {
        await(server.undeploy(name));
        until(() -> server.snapshot().deployment(name).isEmpty());
        assertThat(running()).isZero();
        await(agent.close());
        await(server.close());
        servers.close();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
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

    /** Containers of the server that the engine runs. */
    private long running() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(container -> container.state() == ContainerState.RUNNING)
                .count();
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
                        "busybox sleep 0.3; if [ \"$(busybox cat /etc/slot)\" = 1 ] && [ $(busybox date +%s) -lt $FROM ]; then exit 3; fi")
                .env("FROM", Long.toString(System.currentTimeMillis() / 1000 + 3))
                .template("/etc/slot", "{{ instance.slot }}")
                .job(new JobSpec(3, 2, 10, null))
                .build()));
        until(() -> view().status() == DeploymentStatus.COMPLETED);
        until(() -> view().instances().isEmpty());

        JobRun run = run();
        assertThat(run.completed()).containsExactly(0, 1, 2);
        assertThat(run.failures()).isPositive();
        assertThat(run.reason()).isEmpty();
        assertThat(await(runtime.snapshot(server.snapshot().cluster())).containers())
                .isEmpty();
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
