package io.knit.testkit.api;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Update;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A live server and two agents with fake engines, {@code node-a} and {@code node-b}; {@code web} runs there by its second revision. */
final class ContractFleet implements AutoCloseable {
    private final ThreadLoop world = new ThreadLoop("world");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final KnitServer server;
    private final List<KnitAgent> agents;
    private final List<FakeEngine> engines = new ArrayList<>();

    ContractFleet(Path dir, String address) {
        server = Futures.await(KnitServer.builder()
                .httpAddress(address)
                .dataDir(dir.resolve("server"))
                .store(InMemoryStore.open(new InMemoryStorage(), world).result())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build()
                .start());
        agents = List.of(agent(dir, "node-a"), agent(dir, "node-b"));
        for (int revision = 1; revision <= 2; revision++) {
            Futures.await(server.deploy(DeploymentSpec.builder("web", "web:" + revision)
                    .replicas(3)
                    .env("TOKEN", "a-secret")
                    .registryAuth("me", "a-password")
                    .update(Update.DEFAULT.withMinHealthy(Duration.ZERO))
                    .build()));
            Futures.await(server.awaitRunning("web", Duration.ofSeconds(60)), Duration.ofSeconds(60));
        }
    }

    private KnitAgent agent(Path dir, String id) {
        FakeEngine engine = new FakeEngine(id, world).withImage("web:1").withImage("web:2");
        engines.add(engine);
        return Futures.await(KnitAgent.builder()
                .nodeId(id)
                .label("region", "eu")
                .label("name", id)
                .transport(bus.connect(id))
                .runtime(new FakeRuntime(engine, world))
                .discovery(FixedDiscovery.none())
                .dataDir(dir.resolve(id))
                .build()
                .start());
    }

    /** {@code http://127.0.0.1:8080}. */
    String url() {
        return Objects.requireNonNull(server.endpoints().get("http"));
    }

    /** Whether containers go that are to go: until then what waits for that is under way. */
    void removals(boolean work) {
        EngineFault so = work ? EngineFault.NONE : new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO);
        engines.forEach(engine -> engine.script().faults(call -> call == EngineCall.REMOVE ? so : EngineFault.NONE));
    }

    /** Those on both engines. */
    List<String> volumes() {
        return engines.stream()
                .flatMap(engine -> engine.volumes().stream())
                .map(VolumeSnapshot::name)
                .toList();
    }

    String anInstance() {
        return server.snapshot()
                .deployment("web")
                .orElseThrow()
                .instances()
                .get(0)
                .id();
    }

    @Override
    public void close() {
        agents.forEach(agent -> Futures.await(agent.close()));
        Futures.await(server.close());
        world.close();
    }
}
