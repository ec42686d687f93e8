package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.model.Node;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.wire.Subjects;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What wants its answer elsewhere than with the node that it is of: the server would say something there in somebody's stead. */
class AnswersElsewhereTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(world);
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private final Set<String> elsewhere = new HashSet<>();
    private final List<String> answered = new ArrayList<>();
    private final KnitServer server = KnitServer.builder()
            .withoutHttp()
            .loop(new SimulatedLoop(queue))
            .ids(new SeededIds(new Random(2)))
            .store(InMemoryStore.create())
            .transport(new Named(bus.connect("server")))
            .discovery(FixedDiscovery.none())
            .build();

    /** Whose askers name where an answer goes, as over a broker of NATS. */
    private final class Named implements Transport {
        private final Transport own;

        Named(Transport own) {
            this.own = own;
        }

        @Override
        public Future<Void> publish(String subject, byte[] payload) {
            return own.publish(subject, payload);
        }

        @Override
        public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
            return own.request(subject, payload, timeout);
        }

        @Override
        public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
            return own.subscribe(subject, message -> handler.accept(new Asked(message)));
        }

        @Override
        public void onConnection(Consumer<Boolean> listener) {
            own.onConnection(listener);
        }
    }

    private final class Asked implements TransportMessage {
        private final TransportMessage own;

        Asked(TransportMessage own) {
            this.own = own;
        }

        @Override
        public String subject() {
            return own.subject();
        }

        @Override
        public byte[] payload() {
            return own.payload();
        }

        @Override
        public boolean answersOnly(String peer) {
            return !elsewhere.contains(peer);
        }

        @Override
        public void reply(byte[] payload) {
            answered.add(Subjects.speaker(subject()));
            own.reply(payload);
        }
    }

    private void agent(String id) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        KnitAgent.builder()
                .nodeId(id)
                .hostname(id)
                .loop(loop)
                .ids(new SeededIds(new Random(id.hashCode())))
                .transport(bus.connect(id))
                .runtime(new FakeRuntime(new FakeEngine(id, world), loop))
                .discovery(FixedDiscovery.none())
                .dataDir(files.getPath("/data", id))
                .build()
                .start();
    }

    @Test
    @DisplayName("is not heard and not answered; what the same node says otherwise is")
    void isNobodys() {
        elsewhere.add("n2");
        server.start();
        queue.runFor(Duration.ofSeconds(1));
        agent("n1");
        agent("n2");
        queue.runFor(Duration.ofSeconds(10));

        assertThat(server.snapshot().nodes()).extracting(Node::id).containsExactly("n1");
        assertThat(answered).contains("n1").doesNotContain("n2");

        elsewhere.clear();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(server.snapshot().nodes()).extracting(Node::id).containsExactlyInAnyOrder("n1", "n2");
    }
}
