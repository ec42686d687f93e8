package io.knit.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Runs that would not end, and what they say. */
class StuckRunTest {
    private static final Pattern QUEUE = new Pattern("queue group of 2", 1, 2, true);

    /** Of those who wait in vain, which is what they are about: a loaded machine can't be too slow for it. */
    private static final int SHORT = 1;

    private static final int LONG = 60;

    private static BenchedBroker broker(int patience) {
        return BenchedBroker.embedded(BenchArguments.parse(new String[] {"patience=" + patience, "jvm=-Xmx64m"}));
    }

    @Test
    @DisplayName("a member of the run before that is still in its queue group takes nothing from this one")
    void whoStayedTakesNothing() throws Exception {
        try (BenchedBroker broker = broker(LONG);
                RawSocket stayed = new RawSocket(broker.port())) {
            stayed.send("SUB " + broker.freshSubject() + " workers 1\r\n");
            stayed.sync();
            assertThat(new RawLoad().nanos(broker, QUEUE, 16, 400)).isPositive();
            assertThat(new JnatsLoad().nanos(broker, QUEUE, 16, 400)).isPositive();
        }
    }

    @Test
    @DisplayName("what is missing is said, with the row, both sides' counters and what their threads do")
    void saysWhatIsMissing() {
        try (BenchedBroker broker = broker(SHORT)) {
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
    }

    @Test
    @DisplayName("a run that waits on a socket for ever ends too")
    void endsWithoutAWord() {
        try (BenchedBroker broker = broker(SHORT)) {
            assertThatThrownBy(() -> Attempt.of("a row", broker, stuck -> {
                        try (RawSocket nobodyTalks = new RawSocket(stuck.port())) {
                            return nobodyTalks.skip();
                        }
                    }))
                    .hasMessageContaining("a row on embedded: no end");
        }
    }
}
