package io.knit.plugin.nats.broker.flow;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much of what a client sent is read in its turn: one piece, so large that the work on it takes about a twentieth of a millisecond; then it is
 * the next client's turn, and output is flushed as {@code FlushPace} says. So a client that sends as fast as it can makes others wait for that
 * moment, not for all that lies in its socket. The size follows what the work took: large payloads are read in large pieces, small messages and
 * subscriptions, which cost more for each byte, in small ones.
 */
public final class FairReads extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int LEAST = 512;
    private static final int FIRST = 2048;
    static final int MOST = 64 * 1024;
    static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final LongSupplier nanoTime;

    public FairReads() {
        this(System::nanoTime);
    }

    public FairReads(LongSupplier nanoTime) {
        super(1);
        this.nanoTime = nanoTime;
    }

    // Netty marks what it gives as not to be used by others, and asks for it
    @SuppressWarnings("deprecation")
    @Override
    public Handle newHandle() {
        return new Turn();
    }

    private final class Turn extends MaxMessageHandle {
        private int size = FIRST;
        private long began;

        @Override
        public int guess() {
            return size;
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            began = nanoTime.getAsLong();
        }

        // asked once the piece was worked on
        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            long took = nanoTime.getAsLong() - began;
            if (took > TURN_NANOS || lastBytesRead() < size / 8) {
                size = Math.max(LEAST, size / 2);
            } else if (lastBytesRead() == attemptedBytesRead() && took < TURN_NANOS / 2) {
                size = Math.min(MOST, size * 2);
            }
            return super.continueReading(maybeMoreData);
        }
    }
}
