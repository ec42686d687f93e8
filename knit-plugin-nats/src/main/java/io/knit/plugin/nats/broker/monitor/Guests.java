package io.knit.plugin.nats.broker.monitor;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what strangers can hold on to: so many connections at a time, each for so long, from its first byte to the last of
 * its answer. One for a monitor, on its one thread.
 */
@Sharable
final class Guests extends ChannelInboundHandlerAdapter {
    static final int MOST = 16;
    private static final long STAY_SECONDS = 20;

    private int present;

    @Override
    public void channelActive(ChannelHandlerContext context) {
        present++;
        if (present > MOST) {
            ChannelFuture unused = context.close();
            return;
        }
        Future<?> stay = context.executor().schedule(() -> context.close(), STAY_SECONDS, TimeUnit.SECONDS);
        context.channel().closeFuture().addListener(closed -> stay.cancel(false));
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        present--;
        context.fireChannelInactive();
    }
}
