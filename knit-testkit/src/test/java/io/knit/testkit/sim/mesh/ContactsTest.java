package io.knit.testkit.sim.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.transport.TransportMessage;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which heartbeat counts as heard for who judges when a node's work is replaced. */
class ContactsTest {
    private static final String BEAT = "knit.agent.heartbeat.a";
    private static final Duration WAITS = Duration.ofMinutes(1);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedNetwork network = new SimulatedNetwork(queue, queue.newRandom(), new Trace(queue));
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue), network);
    private final InMemoryTransport agent = bus.connect("a");
    private final Contacts contacts = new Contacts(queue);
    private final List<TransportMessage> asked = new ArrayList<>();

    @BeforeEach
    void serve() {
        network.listen(contacts);
        bus.connect(SimulatedServer.NAME).subscribe(BEAT, asked::add);
        queue.runFor(Duration.ofSeconds(1));
    }

    /** Says when it was sent. */
    private Instant beat() {
        Instant sent = queue.now();
        agent.request(BEAT, new byte[0], WAITS);
        queue.runFor(Duration.ofSeconds(3));
        return sent;
    }

    private void requireHeard(Instant... sent) {
        List<Instant> heard = contacts.since("a", Instant.MIN);
        assertThat(heard).hasSameSizeAs(sent);
        for (int i = 0; i < sent.length; i++) {
            assertThat(heard.get(i)).isBetween(sent[i], sent[i].plusMillis(10));
        }
    }

    @Test
    @DisplayName("a server that stood still answers the oldest first, and has heard no more than that")
    void oldest() {
        Instant first = beat();
        Instant second = beat();
        Instant third = beat();
        asked.get(0).reply(new byte[0]);
        requireHeard(first);
        asked.get(1).reply(new byte[0]);
        asked.get(2).reply(new byte[0]);
        requireHeard(first, second, third);
    }

    @Test
    @DisplayName("each of two copies is an arrival of its own")
    void twice() {
        network.weather(0, 1, 0);
        Instant sent = beat();
        assertThat(asked).hasSize(2);
        asked.get(0).reply(new byte[0]);
        asked.get(1).reply(new byte[0]);
        requireHeard(sent, sent);
    }

    @Test
    @DisplayName("what came late may not have been heard, and its answer is none to what came meanwhile")
    void late() {
        network.weather(0, 0, 1);
        beat();
        queue.runFor(Duration.ofMinutes(1));
        network.calm();
        Instant prompt = beat();
        asked.get(0).reply(new byte[0]);
        requireHeard();
        asked.get(1).reply(new byte[0]);
        requireHeard(prompt);
    }

    @Test
    @DisplayName("what came to a server that died is answered by nobody")
    void died() {
        beat();
        contacts.serverDied();
        asked.get(0).reply(new byte[0]);
        requireHeard();
    }
}
