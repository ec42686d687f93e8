package io.knit.testkit.sim;

import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.NodeState;
import io.knit.api.spi.ContainerSnapshot;
import io.knit.core.KnitServer;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;

/**
 * A whole fleet in a test: the real server and the real agents on engines, a network, disks and a clock that are simulated, all in
 * the test's own thread. An hour of the fleet's takes milliseconds; time passes only inside the calls of this class.
 *
 * <pre>{@code
 * try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
 *     fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build());
 *     fleet.killAgent("node-1");
 *     fleet.runFor(Duration.ofMinutes(5));
 *     assertThat(fleet.containers("node-0")).hasSize(2);
 * }
 * }</pre>
 *
 * One seed gives one history, so a test that passes always passes. For one thread only.
 */
public final class SimulatedFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long SEED = 1;

    private final FileSystem disks = ClusterSimulation.disks();
    private final EventQueue queue = new EventQueue(SEED);
    private final SimulatedServer server;
    private final Map<String, SimulatedHost> hosts = new LinkedHashMap<>();

    private SimulatedFleet(int nodes) {
        Trace trace = new Trace(queue);
        SimulatedNetwork network = new SimulatedNetwork(queue, queue.newRandom(), trace);
        InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue), network);
        SimulatedHost.World world = new SimulatedHost.World(queue, bus, new SeededIds(queue.newRandom()), trace);
        server = new SimulatedServer(world, Duration.ZERO, true);
        for (int i = 0; i < nodes; i++) {
            String name = "node-" + i;
            Map<String, String> labels = Map.of("name", name);
            hosts.put(
                    name,
                    new SimulatedHost(
                            name, labels, world, disk(name), Duration.ZERO, null, AgentTiming.DEFAULT));
        }
    }

    private Path disk(String name) {
        try {
            return Files.createDirectories(disks.getPath("/hosts", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A server and so many nodes, {@code node-0}, {@code node-1} and so on, each with its name as label {@code name}; all are up and
     * ready.
     *
     * @param nodes 0 or more
     */
    public static SimulatedFleet of(int nodes) {
        if (nodes < 0) {
            throw new IllegalArgumentException("nodes is " + nodes + "; give 0 or more");
        }
        SimulatedFleet fleet = new SimulatedFleet(nodes);
        fleet.server.start();
        fleet.hosts.values().forEach(SimulatedHost::start);
        fleet.runUntil(() -> fleet.server.running().isPresent() && fleet.readyNodes() == nodes);
        return fleet;
    }

    private long readyNodes() {
        return orchestrator().snapshot().nodes().stream()
                .filter(node -> node.state() == NodeState.READY)
                .count();
    }

    /** The server, to command and to ask; what it answers comes only while time passes ({@link #await}). */
    public KnitServer orchestrator() {
        return server.running().orElseThrow(() -> new IllegalStateException("the server does not run"));
    }

    /** Lets time pass until the future is complete, ten minutes at most; gives its result or throws its cause. */
    public <T> T await(Future<T> future) {
        runUntil(future::isComplete);
        if (future.failed()) {
            throw future.cause() instanceof RuntimeException e ? e : new IllegalStateException(future.cause());
        }
        return future.result();
    }

    /** Deploys and lets time pass until every slot runs. */
    public DeploymentView deploy(DeploymentSpec spec) {
        await(orchestrator().deploy(spec));
        runUntil(() -> deployment(spec.name()).status() == DeploymentStatus.RUNNING);
        return deployment(spec.name());
    }

    /** As the server knows it now. */
    public DeploymentView deployment(String name) {
        return orchestrator()
                .snapshot()
                .deployment(name)
                .orElseThrow(() -> new NoSuchElementException("there is no deployment " + name));
    }

    /** Lets so much time pass. */
    public void runFor(Duration time) {
        queue.runFor(time);
    }

    /**
     * Lets time pass until this holds, which is looked at whenever something happened.
     *
     * @throws AssertionError if it does not within ten minutes
     */
    public void runUntil(BooleanSupplier condition) {
        if (!queue.runUntil(condition, PATIENCE)) {
            throw new AssertionError("what the test waits for did not happen within " + PATIENCE.toMinutes()
                    + " simulated minutes; the server says: "
                    + server.snapshot().map(Object::toString).orElse("nothing, it does not run"));
        }
    }

    /** What is on a node's engine, with all that ended. */
    public List<ContainerSnapshot> containers(String node) {
        return host(node).engine().containers();
    }

    /** As {@code kill -9} of a node's agent; its engine and containers go on. */
    public void killAgent(String node) {
        host(node).kill();
    }

    /** Starts a node's agent again. */
    public void startAgent(String node) {
        host(node).start();
    }

    private SimulatedHost host(String node) {
        SimulatedHost host = hosts.get(node);
        if (host == null) {
            throw new NoSuchElementException("there is no node " + node + "; there are " + hosts.keySet());
        }
        return host;
    }

    @Override
    public void close() {
        hosts.values().forEach(SimulatedHost::kill);
        server.kill();
        try {
            disks.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
