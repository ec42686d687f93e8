package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.tls.BrokerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sees from a client's first byte whether it starts a handshake of TLS, and makes room for what then belongs in its place. */
final class TlsOrPlain extends ChannelInboundHandlerAdapter {
    /** What a record of a handshake begins with; no operation of NATS does. */
    private static final byte HANDSHAKE = 0x16;

    private final BrokerTls tls;

    TlsOrPlain(BrokerTls tls) {
        this.tls = tls;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (bytes.isReadable()) {
            if (bytes.getByte(bytes.readerIndex()) == HANDSHAKE) {
                context.pipeline().replace(this, null, tls.handler(context.channel()));
            } else {
                context.pipeline().remove(this);
            }
        }
        context.fireChannelRead(bytes);
    }
}
