package io.knit.plugin.nats.broker.flow;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Watches a connection whose socket is full: if nothing leaves for the deadline, it is too slow. On the connection's loop. */
public final class WriteDeadline {
    private final Channel channel;
    private final LongSupplier sent;
    private final long nanos;
    private final Runnable tooSlow;
    private boolean watching;

    /** @param sent bytes that left so far */
    public WriteDeadline(Channel channel, LongSupplier sent, long nanos, Runnable tooSlow) {
        this.channel = channel;
        this.sent = sent;
        this.nanos = nanos;
        this.tooSlow = tooSlow;
    }

    /** The socket is full. */
    public void watch() {
        if (!watching) {
            watching = true;
            again();
        }
    }

    private void again() {
        long sentBefore = sent.getAsLong();
        Future<?> unused = channel.eventLoop().schedule(() -> check(sentBefore), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(long sentBefore) {
        if (!channel.isActive() || channel.isWritable()) {
            watching = false;
        } else if (sent.getAsLong() == sentBefore) {
            tooSlow.run();
        } else {
            again();
        }
    }
}
