package io.knit.core.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.store.HistoryRow;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which time what was done is old. */
class ForgettingTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryStore store = InMemoryStore.create();

    private HistoryRow row(long number, Instant at) {
        return new HistoryRow(number, at, "web", "{}");
    }

    @ParameterizedTest(name = "{0} days old by the clock, {1} by the time that servers were there: kept {2}")
    @CsvSource({"91, 91, false", "89, 89, true", "100, 0, true", "100, 89, true", "0, 100, true", "91, 200, false"})
    @DisplayName("an entry is forgotten once it is old by the clock and by the time that servers were there")
    void old(int byClock, int served, boolean isKept) {
        Instant written = loop.now();
        History history = new History(loop, store, () -> written.plus(Duration.ofDays(served)));
        store.commit(List.of(), List.of(row(1, written)));
        loop.setClock(Duration.ofDays(byClock));
        history.commit(List.of(), List.of(row(2, loop.now())));
        queue.runFor(Duration.ofSeconds(1));
        assertThat(store.history("", Long.MAX_VALUE, 10).result())
                .extracting(HistoryRow::number)
                .isEqualTo(isKept ? List.of(2L, 1L) : List.of(2L));
    }
}
