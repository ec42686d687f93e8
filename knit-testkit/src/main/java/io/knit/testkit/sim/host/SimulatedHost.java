package io.knit.testkit.sim.host;

import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Peer;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.KnitAgent;
import io.knit.core.spec.SpecTable;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host with an engine and a disk, which stay, and an agent, which comes and goes. */
public final class SimulatedHost {
    private static final Duration RUNTIME_DEADLINE = Duration.ofSeconds(20);
    private static final Duration AFTER_FAILED_START = Duration.ofSeconds(1);

    private final String name;
    private final Map<String, String> labels;
    private final World world;
    private final FakeEngine engine;
    private final Path dataDir;
    private Duration clockError;
    private final @Nullable Peer peer;
    private final AgentTiming timing;
    private final boolean firstRelease;
    private @Nullable Process process;
    private @Nullable String refused;
    private Runnable onStart = () -> {};

    private record Process(SimulatedLoop loop, InMemoryTransport transport, FakeRuntime runtime, KnitAgent agent) {}

    /** What all processes of a simulation share. */
    public record World(EventQueue queue, InMemoryBus bus, IdSource ids, Trace trace) {}

    public SimulatedHost(
            String name,
            Map<String, String> labels,
            World world,
            Path dataDir,
            Duration clockError,
            @Nullable Peer peer,
            AgentTiming timing,
            boolean firstRelease) {
        this.firstRelease = firstRelease;
        this.name = name;
        this.labels = labels;
        this.world = world;
        this.dataDir = dataDir;
        this.clockError = clockError;
        this.peer = peer;
        this.timing = timing;
        this.engine = new FakeEngine(name, new SimulatedLoop(world.queue()));
    }

    public String name() {
        return name;
    }

    public Map<String, String> labels() {
        return labels;
    }

    public FakeEngine engine() {
        return engine;
    }

    public Path dataDir() {
        return dataDir;
    }

    /** Sets the host's clock, so far ahead of the world's; it stays so, also for agents started later. */
    public void setClock(Duration ahead) {
        world.trace().add(name, "clock is set to " + ahead);
        clockError = ahead;
        if (process != null) {
            process.loop().setClock(ahead);
        }
    }

    /** The address that ports get which ask for none. */
    public String address() {
        return peer == null ? "127.0.0.1" : peer.meshIp();
    }

    public boolean isFirstRelease() {
        return firstRelease;
    }

    /** Whether its agent is able to run this as it was meant. */
    public boolean knows(DeploymentSpec spec) {
        return !firstRelease || SpecTable.features(spec).isEmpty();
    }

    boolean up() {
        return process != null;
    }

    /** Called at each start of its agent. */
    public void onStart(Runnable listener) {
        onStart = listener;
    }

    public void start() {
        if (process != null) {
            return;
        }
        onStart.run();
        world.trace().add(name, firstRelease ? "agent of the first release starts" : "agent starts");
        SimulatedLoop loop = new SimulatedLoop(world.queue(), world.queue().newRandom(), clockError);
        InMemoryTransport transport = world.bus().connect(name);
        FakeRuntime runtime = new FakeRuntime(engine, loop, RUNTIME_DEADLINE);
        KnitAgent agent = KnitAgent.builder()
                .nodeId(name)
                .labels(labels)
                .dataDir(dataDir)
                .timing(timing)
                .loop(loop)
                .ids(world.ids())
                .transport(firstRelease ? new FirstRelease(transport) : transport)
                .runtime(runtime)
                .discovery(peer == null ? FixedDiscovery.none() : FixedDiscovery.of(peer, List.of()))
                .build();
        Process started = new Process(loop, transport, runtime, agent);
        process = started;
        agent.start().onFailure(e -> restartAfterFailure(started, e));
        agent.ended().onFailure(e -> {
            if (process == started) {
                // whoever ends an agent does not hear what its listeners throw
                refused = String.valueOf(e.getMessage());
            }
        });
    }

    /** No agent is ever refused: each has a name and a data folder of its own. */
    public void requireNotRefused() {
        if (refused != null) {
            throw new InvariantViolation("agent " + name + " was refused: " + refused);
        }
    }

    private void restartAfterFailure(Process failed, Throwable e) {
        if (process == failed) {
            world.trace().add(name, "agent could not start: " + e);
            kill();
            world.queue().after(AFTER_FAILED_START, this::start);
        }
    }

    /** As {@code kill -9}; the engine and its containers go on. */
    public void kill() {
        Process killed = process;
        if (killed == null) {
            return;
        }
        world.trace().add(name, "agent is killed");
        process = null;
        killed.loop().kill();
        killed.runtime().close();
        killed.transport().close();
    }
}
