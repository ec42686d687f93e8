package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.KnitEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRingTest {
    private static final int MOST = 2_000;
    private static final long MOST_LETTERS = 100_000;

    private EventRing ring = EventRing.EMPTY;
    private long last;

    @Test
    void givesWhatComesAfterANumber() {
        assertThat(ring.after(0)).isEmpty();
        add(1, 10);
        add(700, 10);
        add(3, 10);
        assertThat(numbers(700)).containsExactly(701L, 702L, 703L, 704L);
        assertThat(numbers(704)).isEmpty();
        assertThat(numbers(0)).hasSize(704).startsWith(1L).endsWith(704L).isSorted();
    }

    @Test
    void keepsSoManyAtLeastAndHardlyMore() {
        for (int i = 0; i < 100; i++) {
            add(97, 10);
            assertThat(numbers(0)).hasSizeBetween((int) Math.min(last, MOST), MOST + 256);
        }
        add(5_000, 10);
        assertThat(numbers(0)).hasSizeBetween(MOST, MOST + 256).endsWith(last);
    }

    @Test
    void keepsFewerOfThoseThatSayMuch() {
        add(1_000, 1_000);
        assertThat(ring.letters()).isBetween(MOST_LETTERS, 2 * MOST_LETTERS + 256 * 1_000);
        assertThat(numbers(0)).endsWith(1_000L);
    }

    @Test
    void whoReadsIsNotDisturbedByWhatComes() {
        add(10, 10);
        EventRing read = ring;
        add(10_000, 10);
        assertThat(read.after(0)).hasSize(10);
    }

    private void add(int count, int letters) {
        List<KnitEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new KnitEvent(++last, Instant.EPOCH, "node.ready", null, null, "n1", "x".repeat(letters)));
        }
        ring = ring.plus(events, MOST, MOST_LETTERS);
    }

    private List<Long> numbers(long after) {
        return ring.after(after).stream().map(KnitEvent::seq).toList();
    }
}
