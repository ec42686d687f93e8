package io.knit.plugin.nats.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong now = new AtomicLong();
    private final Pace pace = new Pace(new Reading(channel), channel.eventLoop(), now::get);

    private boolean reads(int operations) {
        for (int i = 0; i < operations; i++) {
            pace.count();
        }
        pace.settle();
        return channel.config().isAutoRead();
    }

    private void passes(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    @DisplayName("a second's worth at once, then one after the other")
    void bounded() {
        channel.freezeTime();
        pace.limit(100);
        assertThat(reads(100)).isTrue();
        assertThat(reads(10)).isFalse();
        passes(99);
        assertThat(channel.config().isAutoRead()).isFalse();
        passes(2);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reads(1)).isFalse();
        passes(20);
        assertThat(reads(1)).isTrue();
        passes(5000);
        assertThat(reads(100)).isTrue();
        assertThat(reads(1)).isFalse();
    }

    @Test
    void unbounded() {
        assertThat(reads(1_000_000)).isTrue();
    }

    @Test
    @DisplayName("what was asked for before there was a limit does not count")
    void limitedLater() {
        channel.freezeTime();
        assertThat(reads(1_000_000)).isTrue();
        pace.limit(100);
        assertThat(reads(100)).isTrue();
        assertThat(reads(1)).isFalse();
    }
}
