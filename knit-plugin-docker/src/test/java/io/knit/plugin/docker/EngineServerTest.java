package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.KnitAgent;
import io.knit.core.KnitAgentBuilder;
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
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with nothing kept, and an agent that is not started yet, on a real engine. Whatever a test leaves deployed goes, and nothing of it stays. */
abstract class EngineServerTest extends RealEngineTest {
    final String name;
    KnitServer server;
    KnitAgent agent;
    private InMemoryBus bus;
    private Path folder;
    final ThreadLoop servers = new ThreadLoop("server");

    /** @param prefix of the name of what the test deploys */
    EngineServerTest(String prefix) {
        name = prefix + "-" + UUID.randomUUID().toString().substring(0, 6);
    }

    @BeforeEach
    void startServer(@TempDir Path folder) {
        bus = new InMemoryBus(servers);
        this.folder = folder;
        server = KnitServer.builder()
                .withoutHttp()
                .loop(servers)
                .store(await(InMemoryStore.open(new InMemoryStorage(), servers)))
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .dataDir(folder.resolve("server"))
                .build();
        await(server.start());
        agent = another();
    }

    /** One that goes on where the present one ended. */
    final KnitAgent another() {
        KnitAgentBuilder builder = KnitAgent.builder()
                .nodeId("n1")
                .transport(bus.connect("n1"))
                .runtime(runtime)
                .discovery(FixedDiscovery.none())
                .dataDir(folder);
        allowed().forEach(builder::allow);
        return builder.build();
    }

    /** What the agent lets containers have of its host. */
    List<String> allowed() {
        return List.of();
    }

    @AfterEach
    void undeployAndStop() {
        server.snapshot().deployments().forEach(it -> await(server.undeploy(it.name())));
        until(() -> server.snapshot().deployments().isEmpty());
        assertThat(running()).isZero();
        // which stay until somebody says otherwise
        await(runtime.volumes(server.snapshot().cluster()))
                .forEach(volume -> await(runtime.removeVolume(volume.name())));
        await(agent.close());
        await(server.close());
        servers.close();
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    /** Containers of the server that the engine runs. */
    final long running() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(container -> container.state() == ContainerState.RUNNING)
                .count();
    }
}
