package io.knit.plugin.nats.broker.routing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FlushPaceTest {
    private final FlushPace pace = new FlushPace();

    @Test
    void flushesAtTheEndOfATurnThatReadAllThereWas() {
        pace.flushed(1_000);
        assertTrue(pace.isDue(1_001));
    }

    @Test
    void waitsWhileMoreComesButNotForLong() {
        pace.flushed(0);
        pace.moreComes();
        assertFalse(pace.isDue(FlushPace.LONGEST_NANOS - 1));
        pace.moreComes();
        assertTrue(pace.isDue(FlushPace.LONGEST_NANOS));
    }

    @Test
    void flushesWhenTheNextTurnFindsNothing() {
        pace.flushed(0);
        pace.moreComes();
        assertFalse(pace.isDue(1));
        assertTrue(pace.isDue(2));
    }

    @Test
    void neverLetsAnAnswerWait() {
        pace.flushed(0);
        pace.moreComes();
        pace.answered();
        assertTrue(pace.isDue(1));

        pace.flushed(2);
        pace.moreComes();
        assertFalse(pace.isDue(3));
    }

    @Test
    void countsFromTheEndOfTheFlush() {
        pace.moreComes();
        assertTrue(pace.isDue(2 * FlushPace.LONGEST_NANOS));
        pace.flushed(3 * FlushPace.LONGEST_NANOS);
        pace.moreComes();
        assertFalse(pace.isDue(3 * FlushPace.LONGEST_NANOS + 1));
    }
}
