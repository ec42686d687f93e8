package io.knit.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import io.knit.testkit.sim.SeededIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue(7);
    private final List<String> seen = new ArrayList<>();

    @Test
    @DisplayName("events happen in the order of their time, those of one moment in the order planned")
    void order() {
        queue.after(Duration.ofSeconds(2), () -> seen.add("late"));
        queue.after(Duration.ofSeconds(1), () -> seen.add("first"));
        queue.after(Duration.ofSeconds(1), () -> seen.add("second"));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(seen).containsExactly("first", "second", "late");
    }

    @Test
    @DisplayName("the clock jumps to each event and to the end of the run")
    void clock() {
        Instant start = queue.now();
        List<Instant> times = new ArrayList<>();
        queue.after(Duration.ofHours(1), () -> times.add(queue.now()));
        queue.runFor(Duration.ofHours(2));
        assertThat(times).containsExactly(start.plus(Duration.ofHours(1)));
        assertThat(queue.now()).isEqualTo(start.plus(Duration.ofHours(2)));
    }

    @Test
    @DisplayName("a cancelled event does not happen, an event due after the run waits")
    void cancelled() {
        Loop.Timer timer = queue.after(Duration.ofSeconds(1), () -> seen.add("cancelled"));
        queue.after(Duration.ofSeconds(9), () -> seen.add("later"));
        timer.cancel();
        timer.cancel();
        queue.runFor(Duration.ofSeconds(5));
        assertThat(seen).isEmpty();
        assertThat(queue.runUntil(() -> seen.contains("later"), Duration.ofSeconds(5)))
                .isTrue();
    }

    @Test
    @DisplayName("one seed gives one history of random numbers and ids, another seed another")
    void seeds() {
        assertThat(words(5)).isEqualTo(words(5)).isNotEqualTo(words(6)).doesNotHaveDuplicates();
    }

    private static List<String> words(long seed) {
        SeededIds ids = new SeededIds(new EventQueue(seed).newRandom());
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            words.add(ids.next(1 + i / 15));
        }
        return words;
    }
}
