package io.knit.core.server.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the operating system ask whether anybody is at the other end of a connection on which nothing moves. An answer may rightly be silent for as long
 * as an instance writes nothing: of a reader whose host is gone without a word nothing else tells, and what is kept for him is never given back.
 */
final class KeptAlive {
    static final int IDLE_SECONDS = 60;
    private static final int INTERVAL_SECONDS = 10;
    private static final int COUNT = 6;

    private KeptAlive() {}

    /** From now on; how often is left to the system where that lets nobody say so. */
    static void begin(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), COUNT);
        } catch (ChannelException | UnsupportedOperationException e) {
            // it was closed by then, or has no such options
        }
    }
}
