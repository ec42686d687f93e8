package io.knit.testkit.sim;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.model.Peer;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.ContainerSpec;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.transport.InMemoryBus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A server and three to five agents with their engines, stores and disks, run by one thread on virtual time from one seed: users deploy
 * and undeploy, messages are lost, late and doubled, processes die between any two steps, engines and stores fail, hang and restart. What
 * must never happen is checked after every event, and once faults have stopped, what must be there in the end.
 *
 * <pre>{@code
 * ClusterSimulation.withSeed(42).run();
 * }</pre>
 */
public final class ClusterSimulation {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STILL = Duration.ofSeconds(90);
    private static final List<String> REGIONS = List.of("eu", "us");

    private final long seed;
    private AgentTiming timing = AgentTiming.DEFAULT;

    private ClusterSimulation(long seed) {
        this.seed = seed;
    }

    public static ClusterSimulation withSeed(long seed) {
        return new ClusterSimulation(seed);
    }

    /** The agents' timing, for experiments. */
    public ClusterSimulation agentTiming(AgentTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    /**
     * Runs it.
     *
     * @return what was run; equal for equal seeds
     * @throws AssertionError if something happened that must not, with the last events and how to run the seed again
     */
    public Outcome run() {
        try (FileSystem disks = Jimfs.newFileSystem(
                Configuration.unix().toBuilder().setAttributeViews("posix").build())) {
            return new Run(disks).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A run that kept all its promises.
     *
     * @param events how many events there were
     * @param history fingerprint of what happened
     */
    public record Outcome(long events, long history) {}

    private final class Run {
        private final EventQueue queue = new EventQueue(seed);
        private final SplittableRandom random = queue.newRandom();
        private final Trace trace = new Trace(queue);
        private final Wishes wishes = new Wishes();
        private final SimulatedNetwork network = new SimulatedNetwork(queue, queue.newRandom(), trace);
        private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue), network);
        private final List<SimulatedHost> hosts = new ArrayList<>();
        private final SimulatedServer server;
        private final Safety safety;
        private final Chaos chaos;

        Run(FileSystem disks) throws IOException {
            SimulatedHost.World world = new SimulatedHost.World(queue, bus, new SeededIds(queue.newRandom()), trace);
            server = new SimulatedServer(world, clockError());
            boolean mesh = random.nextBoolean();
            int count = 3 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                hosts.add(host(world, disks, i, mesh));
            }
            safety = new Safety(hosts, server, wishes, trace);
            chaos = new Chaos(queue, hosts, server, network, bus, wishes, trace);
        }

        private SimulatedHost host(SimulatedHost.World world, FileSystem disks, int number, boolean mesh)
                throws IOException {
            Path dataDir = disks.getPath("/hosts/node-" + number);
            Files.createDirectories(dataDir);
            Map<String, String> labels =
                    Map.of("region", REGIONS.get(random.nextInt(2)), "role", random.nextBoolean() ? "api" : "db");
            String ip = "10.54.0." + (10 + number);
            @Nullable Peer peer = mesh ? new Peer("key-" + number, "node-" + number, ip, null) : null;
            SimulatedHost host =
                    new SimulatedHost("node-" + number, labels, world, dataDir, clockError(), peer, timing);
            int port = RandomSpecs.CONTESTED_PORTS.get(random.nextInt(RandomSpecs.CONTESTED_PORTS.size()));
            host.engine().runForeign(foreign(port));
            return host;
        }

        private ContainerSpec foreign(int port) {
            List<PortBinding> ports =
                    random.nextInt(3) == 0 ? List.of(new PortBinding("0.0.0.0", port, 80, Protocol.TCP)) : List.of();
            return new ContainerSpec(
                    "foreign",
                    "somebody-elses:1",
                    List.of(),
                    List.of(),
                    Map.of(),
                    Map.of("team", "other"),
                    ports,
                    List.of());
        }

        private Duration clockError() {
            return Duration.ofMillis(random.nextInt(-60_000, 60_000));
        }

        Outcome run() {
            server.onKill(() -> {
                wishes.serverDied();
                safety.serverDied();
            });
            queue.afterEach(() -> {
                safety.check();
                chaos.afterEvent();
            });
            try {
                play();
            } catch (RuntimeException e) {
                throw new AssertionError(report(e.toString()), e);
            }
            return new Outcome(queue.happened(), trace.hash());
        }

        private void play() {
            server.start();
            hosts.forEach(host -> queue.after(Duration.ofNanos(random.nextLong(3_000_000_000L)), host::start));
            Duration length = Duration.ofSeconds(20 + random.nextInt(100));
            chaos.plan(length);
            queue.runFor(length);
            chaos.end();
            settle();
            int changes = changes();
            queue.runFor(STILL);
            List<String> faults = faults();
            if (!faults.isEmpty()) {
                throw new Violation("it had settled, and did not stay so: " + faults);
            }
            trace.add("chaos", "engine events while it was still: " + (changes() - changes));
        }

        /** Looks now and then only: a whole look at all engines and disks after each event would cost more than the run. */
        private void settle() {
            long end = queue.now().plus(PATIENCE).toEpochMilli();
            while (!faults().isEmpty()) {
                if (queue.now().toEpochMilli() > end) {
                    throw new Violation("it did not settle within " + PATIENCE + ": " + faults());
                }
                queue.runFor(Duration.ofSeconds(2));
            }
        }

        private List<String> faults() {
            return Settlement.faults(hosts, server, wishes, safety);
        }

        private int changes() {
            return hosts.stream().mapToInt(host -> host.engine().changes()).sum();
        }

        private String report(String what) {
            return "seed " + seed + ", after " + queue.happened() + " events: " + what + "\nrun it again with: "
                    + "mvn -B -pl knit-testkit -am test -Dtest=ClusterSimulationTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dknit.sim.seed=" + seed
                    + "\nthe last events:\n" + trace;
        }
    }
}
