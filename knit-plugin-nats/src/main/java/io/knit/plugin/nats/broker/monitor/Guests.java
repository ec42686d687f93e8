package io.knit.plugin.nats.broker.monitor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what strangers can hold on to: so many connections at a time, each for so long, from its first byte to the last of
 * its answer. Of more, the one leaves that is silent for longest, so that half requests keep nobody out; where all are being answered, the
 * newcomer does. One for a monitor, on its one thread.
 */
@Sharable
final class Guests extends ChannelInboundHandlerAdapter {
    static final int MOST = 64;
    private static final long STAY_SECONDS = 20;

    private final Set<Channel> silent = new LinkedHashSet<>();
    private final Set<Channel> answered = new LinkedHashSet<>();

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (silent.size() + answered.size() >= MOST && !makeRoom()) {
            ChannelFuture unused = context.close();
            return;
        }
        silent.add(context.channel());
        Future<?> stay = context.executor().schedule(() -> context.close(), STAY_SECONDS, TimeUnit.SECONDS);
        context.channel().closeFuture().addListener(closed -> stay.cancel(false));
        context.fireChannelActive();
    }

    private boolean makeRoom() {
        Iterator<Channel> oldest = silent.iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        Channel leaver = oldest.next();
        oldest.remove();
        ChannelFuture unused = leaver.close();
        return true;
    }

    /** It has asked, and is now answered. */
    void asked(Channel channel) {
        if (silent.remove(channel)) {
            answered.add(channel);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        silent.remove(context.channel());
        answered.remove(context.channel());
        context.fireChannelInactive();
    }
}
