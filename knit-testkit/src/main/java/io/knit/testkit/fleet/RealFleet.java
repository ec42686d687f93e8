package io.knit.testkit.fleet;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NodeState;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.KnitAgent;
import io.knit.core.KnitAgentBuilder;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A real server and real agents in this JVM, which hear each other over a bus in memory. */
final class RealFleet implements TestFleet {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final boolean docker;
    private final Path folder;
    private final Vertx vertx = Vertx.vertx();
    private final ThreadLoop world = new ThreadLoop("fleet");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final KnitServer server;
    private final Map<String, Host> hosts = new LinkedHashMap<>();

    /** A node: its engine stays, its agent comes and goes. */
    private static final class Host {
        private final Map<String, String> labels;
        private final FakeEngine engine;
        private @Nullable KnitAgent agent;

        Host(Map<String, String> labels, FakeEngine engine) {
            this.labels = labels;
            this.engine = engine;
        }
    }

    private RealFleet(List<Map<String, String>> labels, boolean docker) throws IOException {
        this.docker = docker;
        folder = Files.createTempDirectory("knit-fleet");
        for (int i = 0; i < labels.size(); i++) {
            hosts.put("node-" + i, new Host(labels.get(i), new FakeEngine("node-" + i, world)));
        }
        server = KnitServer.builder()
                .vertx(vertx)
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .store(InMemoryStore.create())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
    }

    /** One of which all nodes are ready; one that can't be so is closed again. */
    static RealFleet start(List<Map<String, String>> labels, boolean docker) {
        RealFleet fleet;
        try {
            fleet = new RealFleet(labels, docker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            fleet.await(fleet.server.start());
            fleet.hosts.keySet().forEach(fleet::startAgent);
            Awaitility.await("nodes to be ready")
                    .atMost(PATIENCE)
                    .until(() -> fleet.readyNodes() == fleet.hosts.size());
            return fleet;
        } catch (RuntimeException | AssertionError e) {
            try {
                // nothing was deployed: no agent need be there for its end
                fleet.end(new ArrayList<>());
            } catch (RuntimeException other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }

    private long readyNodes() {
        return server.snapshot().nodes().stream()
                .filter(node -> node.state() == NodeState.READY)
                .count();
    }

    @Override
    public KnitServer server() {
        return server;
    }

    @Override
    public Optional<URI> api() {
        return Optional.of(URI.create(Objects.requireNonNull(server.endpoints().get("http"))));
    }

    @Override
    public <T> T await(Future<T> future) {
        return Futures.await(future, PATIENCE);
    }

    @Override
    public boolean comesTrue(BooleanSupplier condition) {
        try {
            Awaitility.await().atMost(PATIENCE).until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Override
    public void runFor(Duration time) {
        throw new UnsupportedOperationException(
                "this fleet lives in real time, which passes by itself: wait for what you want to see, or use time = VIRTUAL");
    }

    @Override
    public List<ContainerSnapshot> containers(String node) {
        Host host = host(node);
        if (docker) {
            throw new UnsupportedOperationException("this fleet's containers are Docker's: ask that");
        }
        return host.engine.containers();
    }

    private Host host(String node) {
        Host host = hosts.get(node);
        if (host == null) {
            throw new NoSuchElementException("there is no node " + node + "; there are " + hosts.keySet());
        }
        return host;
    }

    @Override
    public void stopAgent(String node) {
        Host host = host(node);
        if (host.agent != null) {
            await(host.agent.close());
            host.agent = null;
        }
    }

    @Override
    public void startAgent(String node) {
        Host host = host(node);
        if (host.agent != null) {
            return;
        }
        KnitAgentBuilder builder = KnitAgent.builder()
                .vertx(vertx)
                .nodeId(node)
                .labels(host.labels)
                .dataDir(folder.resolve(node))
                .transport(bus.connect(node))
                .discovery(FixedDiscovery.none());
        KnitAgent agent = (docker ? builder : builder.runtime(new FakeRuntime(host.engine, world))).build();
        try {
            await(agent.start());
            host.agent = agent;
        } catch (RuntimeException | AssertionError e) {
            try {
                await(agent.close());
            } catch (RuntimeException | AssertionError other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        List<Runnable> steps = new ArrayList<>();
        if (docker) {
            hosts.keySet().forEach(node -> steps.add(() -> startAgent(node)));
            steps.add(this::undeployAll);
        }
        end(steps);
    }

    private void end(List<Runnable> steps) {
        hosts.keySet().forEach(node -> steps.add(() -> stopAgent(node)));
        steps.add(() -> await(server.close()));
        steps.add(() -> await(vertx.close()));
        steps.add(world::close);
        steps.add(this::deleteFolder);
        RuntimeException failure = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException | AssertionError e) {
                failure = failure == null ? new IllegalStateException("the fleet could not be closed", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** In memory what is left is gone by itself. An agent that the test stopped must be there again: nobody else removes what it runs. */
    private void undeployAll() {
        if (!server.ready()) {
            throw new IllegalStateException(
                    "the test closed the server: what it deployed still runs; docker ps --filter label=knit.cluster="
                            + server.snapshot().cluster() + " shows it");
        }
        server.snapshot().deployments().forEach(view -> await(gone(server.undeploy(view.name(), true))));
        require("containers", () -> server.snapshot().deployments());
        // also those of what the test undeployed itself
        server.snapshot()
                .volumes()
                .forEach(it -> await(gone(server.run(
                        new Command.RemoveVolume(it.deployment(), it.slot(), it.name(), it.node()), Caller.PROGRAM))));
        require("volumes", () -> server.snapshot().volumes());
    }

    /** What went by itself meanwhile, as a volume that was to go with its deployment, is gone, too. */
    static Future<Void> gone(Future<?> going) {
        return going.<Void>mapEmpty()
                .recover(e -> e instanceof KnitException why && why.code() == ErrorCode.NOT_FOUND
                        ? Future.succeededFuture()
                        : Future.failedFuture(e));
    }

    private void require(String what, Supplier<List<?>> left) {
        if (!comesTrue(() -> left.get().isEmpty())) {
            throw new IllegalStateException(what + " are left: " + left.get());
        }
    }

    private void deleteFolder() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
