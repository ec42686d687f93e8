package io.knit.core.agent;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Peer;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Reservation;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.dns.DnsSockets;
import io.knit.core.agent.health.NoConnections;
import io.knit.core.agent.output.OutputFolder;
import io.knit.core.agent.pull.Logins;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.agent.render.Renderer;
import io.knit.core.agent.render.SecretMemory;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One host with an engine and a data folder, on which agents are started and killed, and a server that a test scripts. */
final class AgentRig {
    static final Duration LONG = Duration.ofMinutes(5);
    static final String NODE = "n1";

    final EventQueue queue;
    final FakeEngine engine;
    final InMemoryBus bus;
    final ScriptedServer server;
    final FixedDiscovery discovery = FixedDiscovery.of(new Peer("key-1", "n1", "10.54.0.1", null), List.of());
    final Path dataDir;
    private final SeededIds ids;
    private final SplittableRandom network;
    /** Of a hundred messages so many are lost, and as many come twice and late. */
    int lossPercent;
    /** How old a snapshot is when it arrives. */
    Duration snapshotAge = Duration.ZERO;

    /** After so long an engine's silence counts as one. */
    Duration runtimeDeadline = Duration.ofSeconds(5);

    private @Nullable Running running;
    Renderer renderer = (template, model, values) -> template.content();

    @Nullable
    String wishedNodeId = NODE;

    private record Running(AgentCore core, SimulatedLoop loop, InMemoryTransport transport, FakeRuntime runtime) {}

    AgentRig(long seed) {
        this(
                seed,
                Jimfs.newFileSystem(Configuration.unix().toBuilder()
                                .setAttributeViews("basic", "owner", "posix", "unix")
                                .build())
                        .getPath("/data/agent"));
    }

    AgentRig(long seed, Path dataDir) {
        this.dataDir = dataDir;
        queue = new EventQueue(seed);
        ids = new SeededIds(queue.newRandom());
        engine = new FakeEngine("host", new SimulatedLoop(queue));
        network = queue.newRandom();
        bus = new InMemoryBus(new SimulatedLoop(queue), (from, to, subject, arrive) -> carry(arrive));
        server = new ScriptedServer(bus.connect("server"));
    }

    private void carry(Runnable arrive) {
        if (network.nextInt(100) >= lossPercent) {
            queue.after(Duration.ofMillis(1), arrive);
        }
        if (network.nextInt(100) < lossPercent) {
            queue.after(Duration.ofMillis(network.nextInt(3_000)), arrive);
        }
    }

    static DeploymentSpec spec() {
        return spec(it -> it);
    }

    static DeploymentSpec spec(UnaryOperator<DeploymentSpecBuilder> change) {
        return change.apply(DeploymentSpec.builder("web", "nginx:1").pull(PullPolicy.MISSING))
                .build();
    }

    /** Where containers ask it for names. */
    DnsSockets names = DnsSockets.NONE;

    /** By which it holds host ports. */
    RelaySockets relay = RelaySockets.NONE;

    /** What the next agent lets containers have of its host. */
    List<String> allow = List.of();

    AgentCore startAgent() {
        SimulatedLoop loop = new SimulatedLoop(queue);
        InMemoryTransport transport = bus.connect(NODE);
        FakeRuntime runtime = new FakeRuntime(engine, loop, runtimeDeadline);
        AgentCore core = new AgentCore(new AgentParts(
                wishedNodeId,
                Map.of("region", "eu"),
                dataDir,
                AgentTiming.DEFAULT,
                loop,
                loop,
                ids,
                transport,
                snapshotAge.isZero() ? runtime : new LateAnswers(runtime, queue, snapshotAge),
                discovery,
                renderer,
                SecretMemory.in(dataDir.resolve("memory")),
                Logins.NONE,
                Duration.ofHours(24),
                new NoConnections(),
                names,
                relay,
                "1.0",
                "Host_1.example.com",
                0,
                Reservation.OF_HOST,
                allow,
                List.of()));
        running = new Running(core, loop, transport, runtime);
        return core;
    }

    /** An agent that joined. */
    AgentCore joinedAgent() {
        AgentCore core = startAgent();
        core.start();
        until(() -> core.joined().succeeded());
        return core;
    }

    /** Sets the clock of the host that the agent runs on. */
    void setClock(Duration ahead) {
        Running present = running;
        if (present == null) {
            throw new IllegalStateException("no agent runs");
        }
        present.loop().setClock(ahead);
    }

    /** What {@code kill -9} does. */
    void killAgent() {
        Running victim = running;
        if (victim != null) {
            victim.loop().kill();
            victim.transport().close();
            victim.runtime().close();
            running = null;
        }
    }

    void until(BooleanSupplier condition) {
        if (!queue.runUntil(condition, LONG)) {
            throw new AssertionError("did not happen within " + LONG + "; the engine has " + engine.containers()
                    + ", reported was " + server.reported());
        }
    }

    void untilState(String instance, InstanceState state) {
        until(() -> {
            InstanceStatus status = server.newest(instance);
            return status != null && status.state() == state;
        });
    }

    void untilReason(String instance, String part) {
        until(() -> {
            InstanceStatus status = server.newest(instance);
            return status != null && status.reason().contains(part);
        });
    }

    void settle() {
        queue.runFor(Duration.ofMinutes(2));
    }

    List<ContainerState> states() {
        return engine.containers().stream().map(ContainerSnapshot::state).toList();
    }

    String onlyContainer() {
        if (engine.containers().size() != 1) {
            throw new AssertionError("expected one container: " + engine.containers());
        }
        return engine.containers().get(0).id();
    }

    /** Removes a container past Knit. */
    void removeByHand(String container) {
        FakeRuntime hand = new FakeRuntime(engine, new SimulatedLoop(queue));
        var removed = hand.remove(container, Duration.ZERO);
        until(removed::succeeded);
    }

    /** Makes and starts a container past this rig's agent, whatever its labels say. */
    void runByHand(ContainerSpec spec) {
        engine.withImage(spec.image());
        FakeRuntime hand = new FakeRuntime(engine, new SimulatedLoop(queue));
        var started = hand.create(spec).compose(hand::start);
        until(started::succeeded);
    }

    /** What is kept of what an instance wrote last. */
    Optional<byte[]> output(String instance) throws IOException {
        return new OutputFolder(dataDir).read(instance);
    }

    /** Rendered files below the data folder. */
    List<String> renderedFiles() {
        Path root = dataDir.resolve("rendered");
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> !path.equals(root))
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
