package io.knit.plugin.nats.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.access.Responses;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicLong heap = new AtomicLong();
    private final Replies replies =
            new Replies(new Responses(2, Duration.ofNanos(2_000_000)), nanos::get, heap::addAndGet);

    @Test
    @DisplayName("an answer in time, so often as allowed, also where the clock's number overflows")
    void allowance() {
        assertThat(replies.answer("r")).isFalse();
        replies.asked("r");
        nanos.addAndGet(1_999_999);
        assertThat(replies.answer("r")).isTrue();
        assertThat(replies.answer("r")).isTrue();
        assertThat(replies.answer("r")).isFalse();
        replies.asked("r");
        nanos.addAndGet(2_000_000);
        assertThat(replies.answer("r")).isFalse();
        assertThat(replies.answer("r")).isFalse();
    }

    @Test
    @DisplayName("the oldest requests are forgotten when many are unanswered, also under few long names")
    void bounded() {
        for (int i = 0; i < 100_000; i++) {
            replies.asked("r" + i);
        }
        assertThat(replies.answer("r0")).isFalse();
        assertThat(replies.answer("r50000")).isFalse();
        assertThat(replies.bytes()).isLessThan(4_200_000);
        assertThat(heap.get()).as("counted").isBetween(replies.bytes() - 16_384L, replies.bytes() + 16_384L);
        assertThat(replies.answer("r99999")).isTrue();
        String name = "x".repeat(4000);
        for (int i = 0; i < 1100; i++) {
            replies.asked(name + i);
        }
        assertThat(replies.answer(name + 0)).isFalse();
        assertThat(replies.answer(name + 1099)).isTrue();
        assertThat(replies.answer("r99999")).isFalse();
    }

    @Test
    @DisplayName("requests answered or late leave room")
    void givesBack() {
        for (int i = 0; i < 100_000; i++) {
            replies.asked("r");
            assertThat(replies.answer("r")).isTrue();
            assertThat(replies.answer("r")).isTrue();
        }
        replies.asked("first");
        for (int i = 0; i < 10_000; i++) {
            replies.asked("r" + i);
        }
        assertThat(replies.answer("first")).isTrue();
    }

    @Test
    @DisplayName("requests that are too late go before others, and a connection that is closed gives all back")
    void late() {
        for (int i = 0; i < 10_000; i++) {
            replies.asked("r" + i);
        }
        nanos.addAndGet(2_000_000);
        replies.asked("new");
        assertThat(replies.bytes()).isLessThan(200);
        for (int i = 0; i < 10_000; i++) {
            replies.asked("r" + i);
        }
        assertThat(heap.get()).isGreaterThan(1_000_000);
        replies.close();
        replies.asked("r");
        assertThat(heap.get()).isZero();
        assertThat(replies.bytes()).isZero();
        assertThat(replies.answer("r")).isFalse();
    }
}
