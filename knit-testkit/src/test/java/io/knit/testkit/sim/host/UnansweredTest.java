package io.knit.testkit.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.transport.TransportMessage;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What counts as an answer for who judges an agent that was without a server. */
class UnansweredTest {
    private static final String BEAT = "knit.agent.heartbeat.a";
    private static final Duration WAITS = Duration.ofSeconds(2);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedNetwork network = new SimulatedNetwork(queue, queue.newRandom(), new Trace(queue));
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue), network);
    private final InMemoryTransport agent = bus.connect("a");
    private final List<TransportMessage> asked = new ArrayList<>();

    @BeforeEach
    void serve() {
        bus.connect(SimulatedServer.NAME).subscribe(BEAT, asked::add);
        queue.runFor(Duration.ofSeconds(1));
    }

    private void beat() {
        agent.request(BEAT, new byte[0], WAITS);
        queue.runFor(Duration.ofMillis(10));
    }

    private void answer(int question) {
        asked.get(question).reply(new byte[0]);
        queue.runFor(Duration.ofMillis(10));
    }

    @Test
    @DisplayName("a prompt answer ends the silence")
    void prompt() {
        beat();
        answer(0);
        queue.runFor(Duration.ofSeconds(5));
        assertThat(network.silenceOf("a")).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    }

    @Test
    @DisplayName("the answer to an old heartbeat is none to the one that was sent just now")
    void old() {
        beat();
        queue.runFor(Duration.ofSeconds(7));
        beat();
        answer(0);
        queue.runFor(Duration.ofSeconds(5));
        assertThat(network.silenceOf("a")).isGreaterThan(Duration.ofSeconds(13));
    }

    @Test
    @DisplayName("a silence has its consequences for a minute, also where a longer one went before it")
    void shorter() {
        int question = 0;
        for (int silence : List.of(40, 25, 20)) {
            queue.runFor(Duration.ofSeconds(silence));
            beat();
            answer(question++);
        }
        queue.runFor(Duration.ofSeconds(20));
        assertThat(network.silenceOf("a")).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(26));
    }
}
