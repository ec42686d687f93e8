package io.knit.plugin.nats.broker.flow;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Notes when a connection last received or sent something. In the pipeline only where monitoring wants to know: else no
 * message pays for it.
 */
public final class Activity extends ChannelDuplexHandler {
    private volatile long last = System.nanoTime();

    /** As {@link System#nanoTime} says. From any thread. */
    public long last() {
        return last;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        last = System.nanoTime();
        context.fireChannelRead(message);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        last = System.nanoTime();
        context.flush();
    }
}
