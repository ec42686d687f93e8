package io.knit.core.agent.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * One way of a connection: what its channel hears goes to another one, no faster than that takes it. The end of one way is passed on, and the other goes on; a reset is passed
 * on as one, so that nobody takes what was cut off for the whole. Both channels are on one thread.
 */
final class Pump extends ChannelInboundHandlerAdapter {
    private final Channel to;
    private @Nullable Pump other;
    private boolean ended;

    Pump(Channel to) {
        this.to = to;
    }

    /** The one that carries the other way. */
    void beside(Pump other) {
        this.other = other;
    }

    /** Ends a channel so that its far side sees that it was cut off. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object piece) {
        to.writeAndFlush(piece, to.voidPromise());
        if (!to.isWritable()) {
            from.channel().config().setAutoRead(false);
        }
    }

    /** Its own channel takes more again, so that more is read for it. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext own) {
        if (own.channel().isWritable()) {
            to.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && to instanceof DuplexChannel way) {
            ended = true;
            // behind all that was written before
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                way.shutdownOutput();
                if (isOverBothWays((DuplexChannel) from.channel())) {
                    to.close();
                    from.close();
                }
            });
        }
    }

    private boolean isOverBothWays(DuplexChannel from) {
        return other != null && other.ended && from.isOutputShutdown();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable why) {
        reset(to);
        reset(from.channel());
    }
}
