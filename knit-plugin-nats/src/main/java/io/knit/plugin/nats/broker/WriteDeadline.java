package io.knit.plugin.nats.broker;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Watches a connection whose socket is full: if nothing leaves for the deadline, it is too slow. On the connection's loop. */
final class WriteDeadline {
    private final Channel channel;
    private final long nanos;
    private final Runnable tooSlow;
    private boolean watching;

    WriteDeadline(Channel channel, long nanos, Runnable tooSlow) {
        this.channel = channel;
        this.nanos = nanos;
        this.tooSlow = tooSlow;
    }

    /** The socket is full. */
    void watch(Outbound outbound) {
        if (!watching) {
            watching = true;
            again(outbound);
        }
    }

    private void again(Outbound outbound) {
        long sentBefore = outbound.sent();
        Future<?> unused = channel.eventLoop().schedule(() -> check(outbound, sentBefore), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(Outbound outbound, long sentBefore) {
        if (!channel.isActive() || channel.isWritable()) {
            watching = false;
        } else if (outbound.sent() == sentBefore) {
            tooSlow.run();
        } else {
            again(outbound);
        }
    }
}
