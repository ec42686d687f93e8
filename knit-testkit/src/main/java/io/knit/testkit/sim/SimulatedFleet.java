package io.knit.testkit.sim;

import io.knit.api.AgentTiming;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.KnitServer;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.check.Safety;
import io.knit.testkit.sim.check.Settlement;
import io.knit.testkit.sim.check.Wishes;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedHost;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import io.knit.testkit.sim.mesh.Replacements;
import io.knit.testkit.sim.mesh.SimulatedMesh;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
 * One seed gives one history, so a test that passes always passes. Knit's own simulations plan kills and losses on the same class,
 * by what is not public of it. For one thread only.
 */
public final class SimulatedFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long PLAIN_SEED = 1;
    private static final long LATER = 0x6b6e6974L;
    private static final long MESH = 0x6d657368L;
    private static final List<String> REGIONS = List.of("eu", "us");

    private final long seed;
    private final EventQueue queue;
    private final SplittableRandom random;
    private final Trace trace;
    private final Wishes wishes = new Wishes();
    private final SimulatedNetwork network;
    private final InMemoryBus bus;
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final SimulatedServer server;
    private final Safety safety;
    /** Null: the server is on none. */
    private final @Nullable SimulatedMesh mesh;

    private final Replacements replacements;

    /** @param mixed whether some of the agents may be of the first release */
    SimulatedFleet(long seed, FileSystem disks, AgentTiming timing, boolean mixed) throws IOException {
        this(seed, disks, timing, mixed, 0);
    }

    SimulatedFleet(long seed, FileSystem disks, AgentTiming timing, boolean mixed, int nodes) throws IOException {
        this(seed, disks, timing, mixed, nodes, false);
    }

    /**
     * @param nodes 0: three to five, by the seed
     * @param witnesses whether the server may be on the mesh, too, by the seed
     */
    SimulatedFleet(long seed, FileSystem disks, AgentTiming timing, boolean mixed, int nodes, boolean witnesses)
            throws IOException {
        this.seed = seed;
        queue = new EventQueue(seed);
        random = queue.newRandom();
        trace = new Trace(queue);
        network = new SimulatedNetwork(queue, queue.newRandom(), trace);
        bus = new InMemoryBus(new SimulatedLoop(queue), network);
        SimulatedHost.World world = new SimulatedHost.World(queue, bus, new SeededIds(queue.newRandom()), trace);
        Duration clockError = clockError();
        boolean holdsBroker = random.nextBoolean();
        boolean onMesh = random.nextBoolean();
        SplittableRandom own = new SplittableRandom(seed ^ MESH);
        mesh = witnesses && onMesh && own.nextInt(3) > 0
                ? new SimulatedMesh(queue, own, () -> server().clockError())
                : null;
        server = new SimulatedServer(world, clockError, holdsBroker, mesh);
        int few = 3 + random.nextInt(3);
        int count = nodes == 0 ? few : nodes;
        // of their own, so that older seeds still play what they did
        SplittableRandom later = new SplittableRandom(seed ^ LATER);
        boolean some = mixed && later.nextBoolean();
        for (int i = 0; i < count; i++) {
            hosts.add(host(world, disks, i, onMesh, timing, some && later.nextBoolean()));
        }
        network.serves(() -> server.running().isPresent());
        safety = new Safety(hosts, server, network, wishes, trace);
        replacements = new Replacements(queue, server, mesh);
        network.listen(replacements.heartbeats());
        hosts.forEach(host -> host.onStart(() -> replacements.starts(host.name())));
        server.onKill(() -> {
            wishes.serverDied();
            safety.serverDied();
            replacements.serverDied();
            if (mesh != null) {
                mesh.serverDied();
            }
        });
    }

    /** Equal nodes on a network that loses nothing. */
    private SimulatedFleet(List<Map<String, String>> nodes, FileSystem disks) throws IOException {
        seed = PLAIN_SEED;
        queue = new EventQueue(seed);
        random = queue.newRandom();
        trace = new Trace(queue);
        network = new SimulatedNetwork(queue, queue.newRandom(), trace);
        bus = new InMemoryBus(new SimulatedLoop(queue), network);
        SimulatedHost.World world = new SimulatedHost.World(queue, bus, new SeededIds(queue.newRandom()), trace);
        mesh = null;
        server = new SimulatedServer(world, Duration.ZERO, true, null);
        for (int i = 0; i < nodes.size(); i++) {
            String name = "node-" + i;
            Path dataDir = Files.createDirectories(disks.getPath("/hosts", name));
            hosts.add(new SimulatedHost(
                    name, nodes.get(i), world, dataDir, Duration.ZERO, null, AgentTiming.DEFAULT, false));
        }
        network.serves(() -> server.running().isPresent());
        safety = new Safety(hosts, server, network, wishes, trace);
        replacements = new Replacements(queue, server, null);
    }

    private SimulatedHost host(
            SimulatedHost.World world,
            FileSystem disks,
            int number,
            boolean mesh,
            AgentTiming timing,
            boolean firstRelease)
            throws IOException {
        Path dataDir = disks.getPath("/hosts/node-" + number);
        Files.createDirectories(dataDir);
        Map<String, String> labels =
                Map.of("region", REGIONS.get(random.nextInt(2)), "role", random.nextBoolean() ? "api" : "db");
        String ip = "10.54." + number / 200 + "." + (10 + number % 200);
        @Nullable Peer peer = mesh ? new Peer("key-" + number, "node-" + number, ip, null) : null;
        if (this.mesh != null && peer != null) {
            this.mesh.join("node-" + number, peer);
        }
        SimulatedHost host =
                new SimulatedHost("node-" + number, labels, world, dataDir, clockError(), peer, timing, firstRelease);
        int port = RandomSpecs.CONTESTED_PORTS.get(random.nextInt(RandomSpecs.CONTESTED_PORTS.size()));
        host.engine().runForeign(foreign(port));
        return host;
    }

    private ContainerSpec foreign(int port) {
        List<PortBinding> ports =
                random.nextInt(3) == 0 ? List.of(new PortBinding("0.0.0.0", port, 80, Protocol.TCP)) : List.of();
        Map<String, String> labels = Map.of("team", "other");
        return new ContainerSpec(
                "foreign", "somebody-elses:1", List.of(), List.of(), Map.of(), labels, ports, List.of());
    }

    private Duration clockError() {
        return Duration.ofMillis(random.nextInt(-60_000, 60_000));
    }

    EventQueue queue() {
        return queue;
    }

    /** Whether agents of the first release are among its. */
    boolean isMixed() {
        return hosts.stream().anyMatch(SimulatedHost::isFirstRelease);
    }

    /** Whether it has many more nodes than most seeds. */
    boolean isLarge() {
        return hosts.size() >= ClusterSimulation.MANY_NODES;
    }

    long seed() {
        return seed;
    }

    /** For what is not the fleet's own. */
    SplittableRandom random() {
        return random;
    }

    Trace trace() {
        return trace;
    }

    Wishes wishes() {
        return wishes;
    }

    SimulatedNetwork network() {
        return network;
    }

    InMemoryBus bus() {
        return bus;
    }

    List<SimulatedHost> hosts() {
        return hosts;
    }

    SimulatedServer server() {
        return server;
    }

    /** That the server's host is on; null: none. */
    @Nullable
    SimulatedMesh mesh() {
        return mesh;
    }

    /** Starts the server and then, within 3 s, the agents; checks what must hold after each event, then calls {@code afterEach}. */
    void start(Runnable afterEach) {
        queue.afterEach(() -> {
            safety.check();
            replacements.check();
            afterEach.run();
        });
        server.start();
        hosts.forEach(host -> queue.after(Duration.ofNanos(random.nextLong(3_000_000_000L)), host::start));
    }

    /** Runs until all is as promised; at most for this time. */
    void settle(Duration patience) {
        // a whole look at all engines and disks after each event would cost more than the run
        long end = queue.now().plus(patience).toEpochMilli();
        while (!faults().isEmpty()) {
            if (queue.now().toEpochMilli() > end) {
                throw new InvariantViolation("it did not settle within " + patience + ": " + faults());
            }
            queue.runFor(Duration.ofSeconds(2));
        }
    }

    /** Runs so long and sees that nothing is started or stopped but what ends by itself. */
    void stayStill(Duration time) {
        Map<SimulatedHost, Integer> before = new HashMap<>();
        hosts.forEach(host -> before.put(host, host.engine().changes()));
        Set<String> undecided = undecided();
        // what such a one gives up is for who waits
        Set<String> mayBegin = new HashSet<>(undecided.isEmpty() ? Set.of() : waiting());
        mayBegin.addAll(undecided);
        queue.runFor(time);
        before.forEach((host, changes) -> {
            List<String> lasting = host.engine().containers().stream()
                    .map(ContainerSnapshot::id)
                    .filter(id -> !Settlement.endsByItself(host.engine().spec(id)))
                    .toList();
            for (EngineEvent event : host.engine().eventsAfter(changes)) {
                String deployment = event.labels().get(KnitLabels.DEPLOYMENT);
                boolean stopped = event.detail().startsWith(Safety.STOPPED) && !undecided.contains(deployment);
                boolean begun = event.kind() == EngineEvent.Kind.STARTED
                        && lasting.contains(event.container())
                        && !mayBegin.contains(deployment);
                if (stopped || begun) {
                    throw new InvariantViolation("it had settled, and did not stay so: " + event);
                }
            }
        });
    }

    /** Deployments of which something waits for a node. */
    private Set<String> waiting() {
        return server.snapshot().stream()
                .flatMap(snapshot -> snapshot.deployments().stream())
                .filter(view -> view.instances().stream().anyMatch(it -> it.state() == InstanceState.PENDING))
                .map(DeploymentView::name)
                .collect(Collectors.toSet());
    }

    /**
     * Deployments held up in a rollout to a program that ends by itself, or from one: if once it runs for {@code min_healthy} before its end is known, what it
     * replaces is stopped; and while it runs, what depends on others waits for them no more.
     */
    private Set<String> undecided() {
        Set<String> ending = hosts.stream()
                .flatMap(host -> host.engine().containers().stream()
                        .filter(it -> Settlement.endsByItself(host.engine().spec(it.id()))))
                .map(it -> it.labels().getOrDefault(KnitLabels.DEPLOYMENT, ""))
                .collect(Collectors.toSet());
        return server.snapshot().stream()
                .flatMap(snapshot -> snapshot.deployments().stream())
                .map(DeploymentView::deployment)
                .filter(it -> it.rollout().isUnderWay()
                        && (Settlement.endsByItself(it.spec().args()) || ending.contains(it.name())))
                .map(Deployment::name)
                .collect(Collectors.toSet());
    }

    /** What is not as promised, in words. */
    List<String> faults() {
        return Settlement.faults(hosts, server, wishes, safety);
    }

    /**
     * What a failing run says.
     *
     * @param how it was run, beside its seed
     */
    AssertionError failure(RuntimeException cause, String how) {
        String text = "seed " + seed + ", after " + queue.happened() + " events: " + cause
                + "\nrun it again with: mvn -B -pl knit-testkit -am test -Dtest=ClusterSimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dknit.sim.seed=" + seed + how + "\nthe last events:\n"
                + trace
                + "the server's deployments:\n"
                + server.snapshot().stream()
                        .flatMap(snapshot -> snapshot.deployments().stream())
                        .map(DeploymentView::toString)
                        .collect(Collectors.joining("\n"));
        return new AssertionError(text, cause);
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
        return of(IntStream.range(0, nodes)
                .mapToObj(i -> Map.of("name", "node-" + i))
                .toList());
    }

    /**
     * The same, with labels of your own.
     *
     * @param labels of {@code node-0} first, and so on; a node for each
     */
    public static SimulatedFleet of(List<Map<String, String>> labels) {
        SimulatedFleet fleet;
        try {
            fleet = new SimulatedFleet(List.copyOf(labels), ClusterSimulation.disks());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fleet.server.start();
        fleet.hosts.forEach(SimulatedHost::start);
        fleet.runUntil(() -> fleet.server.running().isPresent() && fleet.readyNodes() == labels.size());
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
        if (!comesTrue(condition)) {
            throw new AssertionError("what the test waits for did not happen within " + PATIENCE.toMinutes()
                    + " simulated minutes; the server says: "
                    + server.snapshot().map(Object::toString).orElse("nothing, it does not run"));
        }
    }

    /** Lets time pass until this holds, as {@link #runUntil}; false if it does not within ten minutes. */
    public boolean comesTrue(BooleanSupplier condition) {
        return queue.runUntil(condition, PATIENCE);
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
        return hosts.stream()
                .filter(host -> host.name().equals(node))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("there is no node " + node + "; there are "
                        + hosts.stream().map(SimulatedHost::name).toList()));
    }

    /** Ends all its processes. */
    @Override
    public void close() {
        hosts.forEach(SimulatedHost::kill);
        server.kill();
    }
}
