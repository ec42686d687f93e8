package io.knit.plugin.nats.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FairReadsTest {
    private long now;
    private final ChannelConfig config = new EmbeddedChannel().config();
    private final RecvByteBufAllocator.Handle handle = new FairReads(() -> now).newHandle();

    @Test
    @DisplayName("a client's turn is one piece, whatever else it has sent")
    void onePieceEachTurn() {
        assertThat(reads(1_000_000, 10)).isFalse();
        assertThat(new FairReads().maxMessagesPerRead()).isEqualTo(1);
    }

    @Test
    @DisplayName("pieces that cost little become large")
    void growsWhileCheap() {
        for (int i = 0; i < 10; i++) {
            reads(1_000_000, FairReads.TURN_NANOS / 10);
        }
        assertThat(handle.guess()).isEqualTo(FairReads.MOST);
    }

    @Test
    @DisplayName("pieces that cost much become small: a turn stays a twentieth of a millisecond")
    void shrinksWhileDear() {
        growsWhileCheap();
        for (int i = 0; i < 20; i++) {
            reads(1_000_000, handle.guess() * 12L); // ns for a byte
        }
        assertThat(handle.guess() * 12L).isBetween(FairReads.TURN_NANOS / 4, FairReads.TURN_NANOS * 2);
    }

    @Test
    @DisplayName("who sends little gets a small buffer again")
    void shrinksWhileIdle() {
        growsWhileCheap();
        for (int i = 0; i < 10; i++) {
            reads(100, 10);
        }
        assertThat(handle.guess()).isEqualTo(FairReads.LEAST);
    }

    /** One turn in which so much is there and its work takes so long; whether it reads on. */
    private boolean reads(int present, long nanos) {
        handle.reset(config);
        int size = handle.guess();
        handle.attemptedBytesRead(size);
        handle.lastBytesRead(Math.min(size, present));
        handle.incMessagesRead(1);
        now += nanos;
        return handle.continueReading();
    }
}
