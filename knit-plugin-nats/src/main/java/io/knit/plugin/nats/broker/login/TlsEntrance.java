package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.tls.BrokerTls;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** How a client comes in: greeted with INFO at once, before the handshake of TLS, or after it. One per broker. */
public final class TlsEntrance {
    private final @Nullable BrokerTls tls;

    public TlsEntrance(@Nullable BrokerTls tls) {
        this.tls = tls;
    }

    public boolean isRequired() {
        return tls != null && !tls.options().allowPlain();
    }

    public boolean isAvailable() {
        return tls != null && tls.options().allowPlain();
    }

    public boolean verifies() {
        return tls != null && tls.options().clientCertificateRequired();
    }

    /** Lets a new connection in. On its loop. */
    public void enter(Newcomer newcomer, SocketChannel channel) {
        BrokerTls present = tls;
        if (present == null) {
            newcomer.greet();
            newcomer.admit();
        } else if (present.options().handshakeFirst()) {
            SslHandler handler = present.handler(channel);
            channel.pipeline().addFirst(handler);
            afterwards(handler, () -> {
                newcomer.greet();
                newcomer.admit();
            });
        } else {
            newcomer.greet();
            newcomer.flush(); // in plain, before the handler that encrypts is there
            if (present.options().allowPlain()) {
                channel.pipeline().addFirst(new TlsOrPlain(present));
                newcomer.admit();
            } else {
                SslHandler handler = present.handler(channel);
                channel.pipeline().addFirst(handler);
                afterwards(handler, newcomer::admit);
            }
        }
    }

    /** The subject of the certificate that the client has shown, as RFC 2253 writes it; empty if it has shown none. */
    public static String certificateSubject(SocketChannel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return "";
        }
        try {
            Certificate[] shown = handler.engine().getSession().getPeerCertificates();
            return ((X509Certificate) shown[0]).getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return "";
        }
    }

    // a failed handshake closes the channel
    private static void afterwards(SslHandler handler, Runnable next) {
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                next.run();
            }
        });
    }
}
