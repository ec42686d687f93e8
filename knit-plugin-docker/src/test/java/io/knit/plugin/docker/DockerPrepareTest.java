package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real engine: a revision whose image is not to be had leaves the only container alone. */
class DockerPrepareTest extends RealEngineTest {
    private final String name = "typo-" + UUID.randomUUID().toString().substring(0, 6);

    @Test
    void aTypingErrorInTheImageStopsNothing(@TempDir Path folder) throws Exception {
        String bad = engine.image + "-typo";
        updateStopsNothing(folder, runtime, bad, "n1 could not prepare it: the image " + bad);
    }

    @Test
    void anImageForAnotherCpuStopsNothing(@TempDir Path folder, @TempDir Path emulators) throws Exception {
        Files.writeString(emulators.resolve("status"), "enabled\n");
        DockerRuntime sure = new DockerRuntime(
                EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults(), DockerPlatformTest.check(emulators));
        String bad = engine.image + "-foreign";
        engine.client
                .loadImageCmd(new ByteArrayInputStream(TestImage.forAnotherCpu().archive(bad)))
                .exec();
        try {
            updateStopsNothing(
                    folder,
                    sure,
                    bad,
                    "n1 could not prepare it: the image " + bad + " is for " + TestImage.OTHER_CPU
                            + ", and this node's CPU is " + TestImage.CPU);
        } finally {
            await(sure.close());
            engine.client.removeImageCmd(bad).withForce(true).exec();
        }
    }

    private void updateStopsNothing(Path folder, DockerRuntime on, String bad, String reason) throws Exception {
        try (ThreadLoop servers = new ThreadLoop("server");
                ThreadLoop agents = new ThreadLoop("agent")) {
            InMemoryBus bus = new InMemoryBus(servers);
            KnitServer server = KnitServer.builder()
                    .withoutHttp()
                    .loop(servers)
                    .store(await(InMemoryStore.open(new InMemoryStorage(), servers)))
                    .transport(bus.connect("server"))
                    .discovery(FixedDiscovery.none())
                    .build();
            await(server.start());
            KnitAgent agent = KnitAgent.builder()
                    .nodeId("n1")
                    .loop(agents)
                    .transport(bus.connect("n1"))
                    .runtime(on)
                    .discovery(FixedDiscovery.none())
                    .dataDir(folder)
                    .build();
            await(agent.start());

            await(server.deploy(spec(engine.image)));
            until(server, 1, InstanceState.RUNNING, "");
            String container = only();

            await(server.deploy(spec(bad)));
            until(server, 2, InstanceState.PENDING, reason);
            assertThat(only()).isEqualTo(container);
            assertThat(engine.client
                            .inspectContainerCmd(container)
                            .exec()
                            .getState()
                            .getRunning())
                    .isTrue();

            await(server.undeploy(name));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.snapshot().deployments().isEmpty());
            await(agent.close());
            await(server.close());
        }
    }

    private DeploymentSpec spec(String image) {
        return DeploymentSpec.builder(name, image)
                .args(List.of("/bin/sleep", "1000"))
                .pull(PullPolicy.NEVER)
                // what is started beside the old one needs no preparing
                .update(Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST))
                .build();
    }

    private void until(KnitServer server, int revision, InstanceState state, String reason) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                server.snapshot().deployment(name).orElseThrow().instances())
                        .filteredOn(i -> i.revision() == revision)
                        .singleElement()
                        .satisfies(i -> assertThat(i.state()).isEqualTo(state))
                        .extracting(Instance::reason)
                        .asString()
                        .startsWith(reason));
    }

    /** The id of the deployment's one container. */
    private String only() {
        List<Container> found = own();
        assertThat(found).hasSize(1);
        return found.get(0).getId();
    }

    private List<Container> own() {
        return engine.client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of("knit.deployment", name))
                .exec();
    }

    @AfterEach
    void removeWhatAFailureLeft() {
        own().forEach(container -> engine.client
                .removeContainerCmd(container.getId())
                .withForce(true)
                .exec());
    }
}
