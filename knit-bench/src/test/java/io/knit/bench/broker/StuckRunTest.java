package io.knit.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Runs that would not end, and what they say. */
class StuckRunTest {
    private static final Pattern QUEUE = new Pattern("queue group of 2", 1, 2, true);

    private final BenchedBroker broker =
            BenchedBroker.embedded(BenchArguments.parse(new String[] {"patience=2", "jvm=-Xmx64m"}));

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    @DisplayName("a member of the run before that is still in its queue group takes nothing from this one")
    void whoStayedTakesNothing() throws Exception {
        try (RawSocket stayed = new RawSocket(broker.port())) {
            stayed.send("SUB " + broker.freshSubject() + " workers 1\r\n");
            stayed.sync();
            assertThat(new RawLoad().nanos(broker, QUEUE, 16, 400)).isPositive();
            assertThat(new JnatsLoad().nanos(broker, QUEUE, 16, 400)).isPositive();
        }
    }

    @Test
    @DisplayName("what is missing is said, with the row, both sides' counters and what their threads do")
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> Attempt.of("a row", broker, stuck -> {
                    Window window = new Window(stuck, 1);
                    window.arrived(3);
                    window.awaitArrived(5);
                    return 0;
                }))
                .hasMessageContaining("a row on embedded")
                .hasMessageContaining("3 of 5 deliveries arrived")
                .hasMessageContaining("sockets of port " + broker.port())
                .hasMessageContaining("knit_nats_")
                .hasMessageContaining("knit-nats-") // a thread of the broker
                .hasMessageContaining("Window.awaitArrived"); // and one of the harness
    }

    @Test
    @DisplayName("a run that waits on a socket for ever ends too")
    void endsWithoutAWord() {
        assertThatThrownBy(() -> Attempt.of("a row", broker, stuck -> {
                    try (RawSocket nobodyTalks = new RawSocket(stuck.port())) {
                        return nobodyTalks.skip();
                    }
                }))
                .hasMessageContaining("a row on embedded: no end");
    }
}
