package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;

import com.github.dockerjava.api.model.Network;
import io.knit.api.model.Peer;
import io.knit.core.KnitAgent;
import io.knit.core.KnitAgentBuilder;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes {@code n0}, {@code n1} … on one real engine, each with a mesh address of its own: that which this host has on a network of the test's. A container's own loopback is no other's,
 * so that no 127.0.0.x will do.
 */
abstract class MeshedNodesTest extends RealEngineTest {
    private final int nodes;
    private final Vertx vertx = Vertx.vertx();
    private final ThreadLoop world = new ThreadLoop("meshed");
    private final InMemoryBus bus = new InMemoryBus(world);
    final List<KnitAgent> agents = new ArrayList<>();
    private final List<String> networks = new ArrayList<>();
    final List<String> mesh = new ArrayList<>();
    KnitServer server;
    private Path data;

    MeshedNodesTest(int nodes) {
        this.nodes = nodes;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        server = served(KnitServer.builder())
                .vertx(vertx)
                .dataDir(folder.resolve("server"))
                .store(InMemoryStore.create())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
        await(server.start());
        data = folder;
        for (int i = 0; i < nodes; i++) {
            mesh.add(address());
            agents.add(agent(i));
            await(agents.get(i).start());
            // the first is heard at the engine's bridge, which all have: it is before it joins
            int joined = i + 1;
            Awaitility.await().until(() -> server.snapshot().nodes().size() == joined);
        }
    }

    /** What the server is asked by. Without HTTP, unless a test wants that. */
    KnitServerBuilder served(KnitServerBuilder builder) {
        return builder.withoutHttp();
    }

    /** What the agents allow. */
    KnitAgentBuilder granted(KnitAgentBuilder builder) {
        return builder;
    }

    /** One that is not started yet, and finds what one before it kept. */
    final KnitAgent agent(int number) {
        String node = "n" + number;
        return granted(KnitAgent.builder())
                .vertx(vertx)
                .nodeId(node)
                .labels(Map.of("name", node))
                .dataDir(data.resolve(node))
                .transport(bus.connect(node))
                .discovery(FixedDiscovery.of(new Peer("key-" + number, node, mesh.get(number), null), List.of()))
                .build();
    }

    private String address() {
        String id = engine.client
                .createNetworkCmd()
                .withName("knit-test-" + UUID.randomUUID())
                .exec()
                .getId();
        networks.add(id);
        Network made = engine.client.inspectNetworkCmd().withNetworkId(id).exec();
        return Objects.requireNonNull(made.getIpam().getConfig().get(0).getGateway());
    }

    @AfterEach
    void stop() {
        server.snapshot()
                .deployments()
                .forEach(it -> await(server.undeploy(it.deployment().name())));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> server.snapshot().deployments().isEmpty());
        agents.forEach(agent -> await(agent.close()));
        await(server.close());
        await(vertx.close());
        world.close();
        networks.forEach(id -> engine.client.removeNetworkCmd(id).exec());
    }
}
