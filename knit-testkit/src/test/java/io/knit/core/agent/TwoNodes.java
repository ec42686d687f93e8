package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.ServerTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Peer;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Reservation;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.KnitServer;
import io.knit.core.agent.dns.DnsSockets;
import io.knit.core.agent.health.NoConnections;
import io.knit.core.agent.pull.Logins;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.agent.render.Renderer;
import io.knit.core.agent.render.SecretMemory;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Two nodes and a server, in virtual time, that hear of names. */
abstract class TwoNodes {
    static final Duration SECOND = Duration.ofSeconds(1);

    final EventQueue queue = new EventQueue(7);
    private final SeededIds ids = new SeededIds(queue.newRandom());
    private final InMemoryBus bus =
            new InMemoryBus(new SimulatedLoop(queue), (from, to, subject, arrive) -> carry(subject, arrive));
    private final InMemoryStorage storage = new InMemoryStorage();
    final FileSystem disks = Jimfs.newFileSystem(Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix")
            .build());
    final Host first = new Host(1);
    final Host second = new Host(2);
    final List<String> lost = new ArrayList<>();
    private @Nullable Served server;

    private record Served(KnitServer server, SimulatedLoop loop, InMemoryTransport transport, InMemoryStore store) {}

    private void carry(String subject, Runnable arrive) {
        if (lost.stream().noneMatch(subject::startsWith)) {
            queue.after(Duration.ofMillis(1), arrive);
        }
    }

    /** A host whose containers ask. */
    final class Host implements DnsSockets {
        final int number;
        final FakeEngine engine;

        @Nullable
        Answerer answerer;

        /** What its agents ask. */
        final FixedDiscovery mesh;

        /** Where the mesh leads to its containers, as its agent is told at its next start. */
        List<String> subnets = List.of();

        /** Whether something else is heard where its agent wants to be. */
        boolean taken;

        private @Nullable Runnable killer;

        Host(int number) {
            this.number = number;
            mesh = FixedDiscovery.of(self("10.54.0." + number), List.of());
            engine =
                    new FakeEngine("host" + number, new SimulatedLoop(queue)).withBridge("172.17.0.1", "172.17.0.0/16");
        }

        /** This host with an address on the mesh. */
        Peer self(String ip) {
            return new Peer("key-" + number, "n" + number, ip, null);
        }

        void start() {
            SimulatedLoop loop = new SimulatedLoop(queue);
            InMemoryTransport transport = bus.connect("n" + number);
            FakeRuntime runtime = new FakeRuntime(engine, loop);
            Path data = disks.getPath("/hosts/n" + number);
            AgentCore core = new AgentCore(new AgentParts(
                    "n" + number,
                    Map.of("number", "" + number),
                    data,
                    AgentTiming.DEFAULT,
                    loop,
                    loop,
                    ids,
                    transport,
                    runtime,
                    mesh,
                    renderer(),
                    SecretMemory.in(Path.of("memory")),
                    Logins.NONE,
                    Duration.ofHours(24),
                    new NoConnections(),
                    this,
                    RelaySockets.NONE,
                    "1.0",
                    "host" + number,
                    0,
                    Reservation.OF_HOST,
                    List.of(),
                    subnets));
            core.start();
            killer = () -> {
                loop.kill();
                transport.close();
                runtime.close();
            };
        }

        void kill() {
            Objects.requireNonNull(killer).run();
            answerer = null;
        }

        @Override
        public Future<Hearing> hear(String address, int port, Answerer heard) {
            assertThat(address + ":" + port).isEqualTo("172.17.0.1:53");
            if (taken) {
                return Future.failedFuture("Address already in use");
            }
            answerer = heard;
            return Future.succeededFuture(Future::succeededFuture);
        }

        @Override
        public Future<byte[]> ask(
                String other, int port, byte[] query, boolean whole, Predicate<byte[]> meant, Duration timeout) {
            return Future.failedFuture("no other server");
        }

        /** The addresses of a name; null: there is no such name. */
        @Nullable
        List<String> ask(String name) {
            return ask(name, "172.17.0.200");
        }

        @Nullable
        List<String> ask(String name, String asker) {
            Answerer here = answerer;
            if (here == null) {
                return null;
            }
            Optional<byte[]> answered = here.answer(query(name), asker, false).result();
            byte[] answer = answered == null ? new byte[0] : answered.orElse(new byte[0]);
            if (answer.length == 0 || (answer[3] & 0xf) != 0) {
                return null;
            }
            List<String> found = new ArrayList<>();
            int at = query(name).length;
            for (int i = 0; i < answer[7]; i++, at += 16) {
                found.add((answer[at + 12] & 0xff) + "." + (answer[at + 13] & 0xff) + "." + (answer[at + 14] & 0xff)
                        + "." + (answer[at + 15] & 0xff));
            }
            return found;
        }

        /** The port of the only answer of kind SRV; -1: there is not one. */
        int port(String name) {
            byte[] query = query(name, 33);
            byte[] answer = Objects.requireNonNull(answerer)
                    .answer(query, "172.17.0.200", false)
                    .result()
                    .orElseThrow();
            int at = query.length + 12 + 4;
            return answer[7] == 1 ? (answer[at] & 0xff) << 8 | answer[at + 1] & 0xff : -1;
        }

        void endAll() {
            engine.containers().stream().map(ContainerSnapshot::id).forEach(id -> engine.end(id, 137));
        }
    }

    private static byte[] query(String name) {
        return query(name, 1);
    }

    private static byte[] query(String name, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
        return out.toByteArray();
    }

    void startServer() {
        SimulatedLoop loop = new SimulatedLoop(queue);
        InMemoryTransport transport = bus.connect("server");
        Future<InMemoryStore> opened = InMemoryStore.open(storage, loop);
        until(opened::succeeded);
        KnitServer made = KnitServer.builder()
                .withoutHttp()
                .timing(ServerTiming.DEFAULT)
                .loop(loop)
                .ids(ids)
                .store(opened.result())
                .transport(transport)
                .discovery(FixedDiscovery.none())
                .build();
        Future<KnitServer> started = made.start();
        until(started::succeeded);
        server = new Served(made, loop, transport, opened.result());
    }

    void killServer() {
        Served victim = Objects.requireNonNull(server);
        victim.loop().kill();
        victim.transport().close();
        victim.store().close();
    }

    void until(BooleanSupplier condition) {
        until(condition, Duration.ofMinutes(2));
    }

    void until(BooleanSupplier condition, Duration most) {
        assertThat(queue.runUntil(condition, most)).isTrue();
    }

    KnitServer knit() {
        return Objects.requireNonNull(server).server();
    }

    void deploy(String name, DeploymentSpecBuilder spec) {
        knit().deploy(spec.build());
        until(() -> knit().deployment(name).filter(it -> it.healthy() > 0).isPresent());
    }

    static DeploymentSpecBuilder web(int replicas) {
        return DeploymentSpec.builder("web", "nginx:1")
                .pull(PullPolicy.MISSING)
                .replicas(replicas)
                .maxPerNode(1)
                .port(new PortSpec(PortSpec.MESH, 8080, 80, Protocol.TCP));
    }

    @BeforeEach
    void begin() {
        startServer();
        first.start();
        second.start();
        until(() -> knit().snapshot().nodes().size() == 2);
    }

    /** How its agents make files. */
    Renderer renderer() {
        return (template, model, values) -> template.content();
    }
}
