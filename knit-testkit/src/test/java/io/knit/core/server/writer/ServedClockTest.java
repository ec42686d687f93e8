package io.knit.core.server.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedClockTest {
    private static final Instant LEFT = Instant.parse("2026-03-01T10:00:00Z");

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final ServedClock clock = new ServedClock(loop, loop, LEFT);

    @Test
    @DisplayName("begins where the last server's last commit left it, however long that is ago")
    void continues() {
        assertThat(clock.now()).isEqualTo(LEFT);
        queue.runFor(Duration.ofSeconds(5));
        assertThat(clock.now()).isEqualTo(LEFT.plusSeconds(5));
    }

    @Test
    @DisplayName("begins with the time of day where a release of before counted by that")
    void upgraded() {
        assertThat(new ServedClock(loop, loop, Instant.EPOCH).now()).isEqualTo(loop.now());
    }

    @ParameterizedTest
    @ValueSource(longs = {-60, 60, 600_000})
    @DisplayName("does not follow a clock that is set")
    void clockSet(long minutes) {
        queue.runFor(Duration.ofSeconds(5));
        loop.setClock(Duration.ofMinutes(minutes));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(clock.now()).isEqualTo(LEFT.plusSeconds(10));
    }

    @Test
    @DisplayName("stands still with the process, and for no longer")
    void standsStill() {
        queue.runFor(Duration.ofSeconds(5));
        loop.pause();
        queue.runFor(Duration.ofHours(1));
        loop.resume();
        queue.runFor(Duration.ofSeconds(2));
        assertThat(clock.now()).isEqualTo(LEFT.plusSeconds(7));
    }
}
