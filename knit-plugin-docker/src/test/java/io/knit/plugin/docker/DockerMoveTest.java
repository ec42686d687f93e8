package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.VolumeView;
import io.knit.core.ComposeFile;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that goes from one real engine to another, with what is in it. */
@RequiresDocker
@EnabledIf(value = "io.knit.plugin.docker.EngineProcess#possible", disabledReason = "an engine of one's own needs root")
class DockerMoveTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final String FILE = """
            name: moved
            services:
              db:
                image: ${IMAGE}
                command:
                  - sh
                  - -c
                  - |
                    chown postgres /data && chmod 700 /data
                    test -s /data/PG_VERSION || su postgres -c 'initdb -D /data -A trust -U app'
                    exec su postgres -c "exec postgres -D /data -k /tmp -c listen_addresses="
                volumes: ["data:/data"]
                network_mode: none
                stop_signal: SIGINT
                healthcheck: {test: ["CMD", "pg_isready", "-h", "/tmp"], interval: 1s}
            volumes: {data: }
            """;

    private final Vertx vertx = Vertx.vertx();
    private final ThreadLoop world = new ThreadLoop("moved");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final List<KnitAgent> agents = new ArrayList<>();

    @TempDir
    Path folder;

    private EngineProcess second;
    private KnitServer server;

    @BeforeEach
    void start() throws IOException {
        second = new EngineProcess(Files.createDirectories(folder.resolve("engine")));
        server = KnitServer.builder()
                .vertx(vertx)
                .withoutHttp()
                .dataDir(folder.resolve("server"))
                .store(InMemoryStore.create())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
        await(server.start());
        join("n0", EngineAddress.parse(EngineAddress.DEFAULT));
        join("n1", second.address());
        Awaitility.await().until(() -> server.snapshot().nodes().size() == 2);
    }

    private void join(String node, EngineAddress engine) {
        KnitAgent agent = KnitAgent.builder()
                .vertx(vertx)
                .nodeId(node)
                .labels(Map.of("name", node))
                .dataDir(folder.resolve(node))
                .transport(bus.connect(node))
                .runtime(new DockerRuntime(engine, Deadlines.defaults()))
                .discovery(FixedDiscovery.none())
                .build();
        agents.add(agent);
        await(agent.start());
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        for (KnitAgent agent : agents) {
            await(agent.close());
        }
        await(server.close());
        second.close();
        await(vertx.close());
        world.close();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .until(condition);
    }

    private Instance one() {
        return server.snapshot().deployment("moved-db").orElseThrow().instances().stream()
                .filter(Instance::isLive)
                .findFirst()
                .orElseThrow();
    }

    private boolean works(String node) {
        return node.equals(one().node()) && one().isHealthy();
    }

    /** Asks the database. */
    private String sql(String node, String what) throws IOException, InterruptedException {
        String engine =
                node.equals("n0") ? EngineAddress.DEFAULT : second.address().toString();
        String container = "knit-" + one().id();
        return ServersImage.run(List.of(
                        "docker",
                        "-H",
                        engine,
                        "exec",
                        container,
                        "psql",
                        "-h",
                        "/tmp",
                        "-U",
                        "app",
                        "-qtAc",
                        what,
                        "postgres"))
                .strip();
    }

    private List<VolumeView> volumes() {
        return server.volumes(ANN);
    }

    @Test
    @DisplayName(
            "a database moves to another engine with all that was committed, its old copy stays until it is removed, and it moves back")
    void database() throws Exception {
        List<String> missing = ServersImage.missing();
        Assumptions.assumeTrue(
                System.getenv("CI") != null || missing.isEmpty(),
                () -> "of Debian's packages there is not: " + missing);
        try (ServersImage image =
                new ServersImage("knit-moved-" + UUID.randomUUID().toString().substring(0, 8) + ":1")) {
            image.copyTo(second.address());
            DeploymentSpec spec = ComposeFile.of(FILE)
                    .env(Map.of("IMAGE", image.name))
                    .specs()
                    .get(0);
            await(server.deploy(spec));
            until(() -> one().node() != null && works(Objects.requireNonNull(one().node())));
            String from = Objects.requireNonNull(one().node());
            String to = from.equals("n0") ? "n1" : "n0";
            sql(from, "create table guests as select generate_series(1, 20000) as n, repeat('x', 200) as t");
            String sum = sql(from, "select count(*), sum(n) from guests");

            await(server.run(new Command.MoveSlot("moved-db", "0", to), ANN));
            until(() -> works(to));
            assertThat(sql(to, "select count(*), sum(n) from guests")).isEqualTo(sum);
            sql(to, "insert into guests values (0, 'there')");
            assertThat(volumes())
                    .hasSize(2)
                    .filteredOn(it -> it.volume().movedTo() != null)
                    .singleElement()
                    .matches(it -> it.volume().node().equals(from));

            await(server.run(new Command.RemoveVolume("moved-db", "0", "data", from), ANN));
            until(() -> volumes().size() == 1);
            await(server.run(new Command.MoveSlot("moved-db", "0", from), ANN));
            until(() -> works(from));
            assertThat(sql(from, "select count(*) from guests")).isEqualTo("20001");

            await(server.run(new Command.Undeploy("moved-db", null, true), ANN));
            until(() -> server.snapshot().deployments().isEmpty());
            until(() -> volumes().isEmpty());
        }
    }
}
