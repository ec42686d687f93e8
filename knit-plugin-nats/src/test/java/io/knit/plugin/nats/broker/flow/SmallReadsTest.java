package io.knit.plugin.nats.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SmallReadsTest {
    private final SmallReads reads = new SmallReads();
    private final ChannelConfig config = new EmbeddedChannel().config();
    private final RecvByteBufAllocator.Handle handle = reads.newHandle();

    @Test
    @DisplayName("however much a stranger sends, it is read in small pieces; from others in larger ones")
    void pieces() {
        for (int i = 0; i < 10; i++) {
            assertThat(readFull()).isEqualTo(2048);
        }
        reads.end();
        int last = 0;
        for (int i = 0; i < 50; i++) {
            last = readFull();
        }
        assertThat(last).isGreaterThan(16 * 1024);
    }

    /** Reads as much as there is room for; gives the room. */
    private int readFull() {
        handle.reset(config);
        ByteBuf bytes = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
        int room = bytes.writableBytes();
        bytes.release();
        handle.attemptedBytesRead(room);
        handle.lastBytesRead(room);
        boolean unused = handle.continueReading();
        return room;
    }
}
