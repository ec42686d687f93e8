package io.knit.plugin.nats.broker.flow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** Reads little at a time from a connection that is not let in yet, so that it holds little memory. On the connection's loop. */
public final class SmallReads implements RecvByteBufAllocator {
    private static final int BYTES = 2048;

    private final RecvByteBufAllocator usual = new FairReads();
    private boolean small = true;

    /** From now on it reads as much at a time as comes. */
    public void end() {
        small = false;
    }

    @Override
    public Handle newHandle() {
        return new SmallHandle(usual.newHandle());
    }

    private final class SmallHandle extends DelegatingHandle implements ExtendedHandle {
        SmallHandle(Handle usual) {
            super(usual);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return small ? allocator.ioBuffer(BYTES, BYTES) : delegate().allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
