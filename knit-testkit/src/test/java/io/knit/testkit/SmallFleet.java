package io.knit.testkit;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.ServerTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.transport.Transport;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server and agents in one thread on virtual time, for tests of one story each. */
final class SmallFleet {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    final InMemoryStorage storage = new InMemoryStorage();
    final InMemoryBus bus = new InMemoryBus(world);
    final List<KnitEvent> events = new ArrayList<>();
    private SimulatedLoop serverLoop = new SimulatedLoop(queue);
    private InMemoryStore store = InMemoryStore.open(storage, serverLoop).result();
    private final Consumer<KnitServerBuilder> settings;
    KnitServer server;
    /** Of agents that are started from now on. */
    Duration keepImages = Duration.ofHours(24);

    private final Map<String, Runnable> starts = new HashMap<>();
    private final Map<String, Runnable> kills = new HashMap<>();

    SmallFleet() {
        this(builder -> {});
    }

    /** @param settings what the server gets besides */
    SmallFleet(Consumer<KnitServerBuilder> settings) {
        this.settings = settings;
        server = startServer();
    }

    private KnitServer startServer() {
        KnitServerBuilder builder = KnitServer.builder()
                .withoutHttp()
                .dataDir(dataDir("server"))
                .loop(serverLoop)
                .ids(new SeededIds(new Random(2)))
                .store(store)
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .timing(ServerTiming.DEFAULT);
        settings.accept(builder);
        KnitServer started = builder.build();
        started.start();
        started.listen(events::add);
        run(1);
        return started;
    }

    /** As {@code kill -9} and a start. */
    void restartServer() {
        restartServer(Duration.ZERO);
    }

    /** @param ahead so much is the clock that it starts with */
    void restartServer(Duration ahead) {
        serverLoop.kill();
        store.kill();
        bus.cut("server");
        bus.heal("server");
        serverLoop = new SimulatedLoop(queue);
        serverLoop.setClock(ahead);
        store = InMemoryStore.open(storage, serverLoop).result();
        server = startServer();
    }

    FakeEngine agent(String id, String region) {
        return agent(id, region, own -> own);
    }

    /** @param seen what the agent has instead of its own transport */
    FakeEngine agent(String id, String region, UnaryOperator<Transport> seen) {
        FakeEngine engine = new FakeEngine(id, world).withImage("web:1").withImage("web:2");
        Runnable start = () -> start(id, region, seen, engine);
        starts.put(id, start);
        start.run();
        run(1);
        return engine;
    }

    private void start(String id, String region, UnaryOperator<Transport> seen, FakeEngine engine) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        FakeRuntime runtime = new FakeRuntime(engine, loop);
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .label("region", region)
                .hostname(id)
                .loop(loop)
                .ids(new SeededIds(new Random(id.hashCode())))
                .transport(seen.apply(bus.connect(id)))
                .runtime(runtime)
                .discovery(FixedDiscovery.none())
                .dataDir(dataDir(id))
                .timing(AgentTiming.DEFAULT)
                .keepImages(keepImages)
                .build();
        agent.start();
        kills.put(id, () -> {
            loop.kill();
            runtime.close();
            bus.cut(id);
            bus.heal(id);
        });
    }

    /** As {@code kill -9} and a start; the engine and its containers go on. */
    void restartAgent(String id) {
        Objects.requireNonNull(kills.get(id)).run();
        Objects.requireNonNull(starts.get(id)).run();
        run(1);
    }

    Path dataDir(String id) {
        return files.getPath("/data", id);
    }

    void deploy(DeploymentSpec spec) {
        server.deploy(spec);
        run(5);
    }

    DeploymentView view(String name) {
        return server.snapshot().deployment(name).orElseThrow();
    }

    List<Instance> instances(String name) {
        return view(name).instances();
    }

    List<String> messages(String type) {
        return events.stream()
                .filter(event -> event.type().equals(type))
                .map(KnitEvent::message)
                .toList();
    }

    Instant now() {
        return serverLoop.now();
    }

    void runMillis(int millis) {
        queue.runFor(Duration.ofMillis(millis));
    }

    void run(int seconds) {
        queue.runFor(Duration.ofSeconds(seconds));
    }
}
