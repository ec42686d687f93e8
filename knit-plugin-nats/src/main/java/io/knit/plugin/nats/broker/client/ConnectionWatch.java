package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.flow.Activity;
import io.knit.plugin.nats.broker.flow.Traffic;
import io.knit.plugin.nats.broker.login.ConnectOptions;
import io.knit.plugin.nats.broker.monitor.figures.ConnectionFigures;
import io.knit.plugin.nats.broker.protocol.Departure;
import io.knit.plugin.nats.broker.routing.Subscription;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What monitoring wants to know of one connection beside its messages: since when it is there, how long its way is, why it ended. */
final class ConnectionWatch {
    private final long opened = System.nanoTime();
    private final @Nullable Activity activity;
    private volatile long roundTrip;
    private volatile Departure departure = Departure.CLIENT_CLOSED;

    /** @param activity null where nobody monitors */
    ConnectionWatch(@Nullable Activity activity) {
        this.activity = activity;
    }

    /** The client's first ping tells how long it took since it connected, as nats-server has it. */
    void pinged() {
        if (roundTrip == 0) {
            roundTrip = System.nanoTime() - opened;
        }
    }

    /** The client answered a ping that was sent then. */
    void ponged(long sentNanos) {
        roundTrip = System.nanoTime() - sentNanos;
    }

    /** The connection is about to end; the first reason counts. */
    void leaves(Departure why) {
        if (departure == Departure.CLIENT_CLOSED) {
            departure = why;
        }
    }

    /** Why it ended, if it did. */
    String departure() {
        return departure.words();
    }

    ConnectionFigures open(Connection connection) {
        Collection<Subscription> subscriptions = connection.subscriptions().all();
        return figures(connection, subscriptions, null, "");
    }

    ConnectionFigures closed(Connection connection, int subscriptions) {
        ConnectionFigures last = figures(connection, List.of(), Instant.now(), departure.words());
        return last.withSubscriptions(subscriptions);
    }

    private ConnectionFigures figures(
            Connection connection, Collection<Subscription> subscriptions, @Nullable Instant end, String reason) {
        InetSocketAddress remote = connection.channel().remoteAddress();
        SSLSession session = tls(connection.channel());
        ConnectOptions said = connection.options();
        Traffic in = connection.received();
        Traffic out = connection.outbound().delivered();
        return new ConnectionFigures(
                connection.id(),
                remote == null ? "" : remote.getAddress().getHostAddress(),
                remote == null ? 0 : remote.getPort(),
                instant(opened),
                instant(activity == null ? opened : activity.last()),
                end,
                reason,
                Duration.ofNanos(roundTrip),
                connection.outbound().pending(),
                in.messages(),
                out.messages(),
                in.bytes(),
                out.bytes(),
                subscriptions.size(),
                connection.session().user().name(),
                said.name(),
                said.lang(),
                said.version(),
                session == null ? "" : session.getProtocol().replace("TLSv", ""),
                session == null ? "" : session.getCipherSuite(),
                () -> BrokerWatch.entries(subscriptions));
    }

    private static @Nullable SSLSession tls(SocketChannel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        boolean agreed = handler != null && handler.handshakeFuture().isSuccess();
        return agreed ? handler.engine().getSession() : null;
    }

    private static Instant instant(long nanos) {
        return Instant.now().minusNanos(System.nanoTime() - nanos);
    }
}
