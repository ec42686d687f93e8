package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.tls.BrokerTls;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** How a client comes in: greeted with INFO at once, before the handshake of TLS, or after it. One per broker. */
final class TlsEntrance {
    private final @Nullable BrokerTls tls;

    TlsEntrance(@Nullable BrokerTls tls) {
        this.tls = tls;
    }

    /** Lets a new connection in. On its loop. */
    void enter(Connection connection, SocketChannel channel) {
        BrokerTls present = tls;
        if (present == null) {
            connection.greet();
        } else if (present.options().handshakeFirst()) {
            SslHandler handler = present.handler(channel);
            channel.pipeline().addFirst(handler);
            handler.handshakeFuture().addListener(done -> {
                if (done.isSuccess()) {
                    connection.greet();
                }
            });
        } else {
            connection.greet();
            connection.outbound().flush(); // in plain, before the handler that encrypts is there
            channel.pipeline()
                    .addFirst(present.options().allowPlain() ? new TlsOrPlain(present) : present.handler(channel));
        }
    }
}
