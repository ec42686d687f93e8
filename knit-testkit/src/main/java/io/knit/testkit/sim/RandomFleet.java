package io.knit.testkit.sim;

import io.knit.api.AgentTiming;
import io.knit.api.model.Peer;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.ContainerSnapshot;
import io.knit.api.spi.ContainerSpec;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.transport.InMemoryBus;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A server, hosts with their agents, the network between them and the promises made: built from a seed, and not started. */
final class RandomFleet {
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

    RandomFleet(long seed, FileSystem disks, AgentTiming timing) throws IOException {
        this.seed = seed;
        queue = new EventQueue(seed);
        random = queue.newRandom();
        trace = new Trace(queue);
        network = new SimulatedNetwork(queue, queue.newRandom(), trace);
        bus = new InMemoryBus(new SimulatedLoop(queue), network);
        SimulatedHost.World world = new SimulatedHost.World(queue, bus, new SeededIds(queue.newRandom()), trace);
        server = new SimulatedServer(world, clockError(), random.nextBoolean());
        boolean mesh = random.nextBoolean();
        int count = 3 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            hosts.add(host(world, disks, i, mesh, timing));
        }
        safety = new Safety(hosts, server, wishes, trace);
        server.onKill(() -> {
            wishes.serverDied();
            safety.serverDied();
        });
    }

    private SimulatedHost host(
            SimulatedHost.World world, FileSystem disks, int number, boolean mesh, AgentTiming timing)
            throws IOException {
        Path dataDir = disks.getPath("/hosts/node-" + number);
        Files.createDirectories(dataDir);
        Map<String, String> labels =
                Map.of("region", REGIONS.get(random.nextInt(2)), "role", random.nextBoolean() ? "api" : "db");
        String ip = "10.54.0." + (10 + number);
        @Nullable Peer peer = mesh ? new Peer("key-" + number, "node-" + number, ip, null) : null;
        SimulatedHost host = new SimulatedHost("node-" + number, labels, world, dataDir, clockError(), peer, timing);
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

    /** Starts the server and then, within 3 s, the agents; checks what must hold after each event, then calls {@code afterEach}. */
    void start(Runnable afterEach) {
        queue.afterEach(() -> {
            safety.check();
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
                throw new Violation("it did not settle within " + patience + ": " + faults());
            }
            queue.runFor(Duration.ofSeconds(2));
        }
    }

    /** Runs so long and sees that nothing is started or stopped but what ends by itself. */
    void stayStill(Duration time) {
        Map<SimulatedHost, Integer> before = new HashMap<>();
        hosts.forEach(host -> before.put(host, host.engine().changes()));
        queue.runFor(time);
        before.forEach((host, changes) -> {
            List<String> lasting = host.engine().containers().stream()
                    .map(ContainerSnapshot::id)
                    .filter(id -> !Settlement.endsByItself(host.engine().spec(id)))
                    .toList();
            for (EngineEvent event : host.engine().eventsAfter(changes)) {
                boolean stopped = event.detail().startsWith(Safety.STOPPED);
                if (stopped || (event.kind() == EngineEvent.Kind.STARTED && lasting.contains(event.container()))) {
                    throw new Violation("it had settled, and did not stay so: " + event);
                }
            }
        });
    }

    /** What is not as promised, in words. */
    List<String> faults() {
        return Settlement.faults(hosts, server, wishes, safety);
    }

    /** What a failing run says. */
    AssertionError failure(RuntimeException cause) {
        String text = "seed " + seed + ", after " + queue.happened() + " events: " + cause
                + "\nrun it again with: mvn -B -pl knit-testkit -am test -Dtest=ClusterSimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dknit.sim.seed=" + seed + "\nthe last events:\n" + trace;
        return new AssertionError(text, cause);
    }
}
