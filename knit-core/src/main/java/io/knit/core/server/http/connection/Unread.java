package io.knit.core.server.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server keeps in memory because its clients do not read: answers that are not sent yet, and requests that wait for their
 * turn behind them. All of it has a total; where that is used up, the connection that has taken nothing for the longest is cut
 * off, so that those who do not read never keep out one who reads. Lives on the HTTP server's context.
 */
public final class Unread {
    private static final Runnable NOTHING = () -> {};

    private final long most;
    private final Map<HttpConnection, Share> shares = new HashMap<>();
    /** Those for which something is kept; who has taken nothing for the longest first. */
    private final Set<Share> waiting = new LinkedHashSet<>();

    private volatile long bytes;
    private volatile long cutOff;

    /** @param most bytes for all connections together */
    public Unread(long most) {
        this.most = most;
    }

    /** For {@code /metrics}; from any thread. */
    public long bytes() {
        return bytes;
    }

    /** Connections that made room; from any thread. */
    public long cutOff() {
        return cutOff;
    }

    void opened(HttpConnection connection) {
        shares.put(connection, new Share(connection));
    }

    void closed(HttpConnection connection) {
        Share share = shares.remove(connection);
        if (share != null) {
            waiting.remove(share);
            bytes -= share.held;
        }
    }

    /** Counts what is kept for a connection, and makes room for it; a connection that was closed meanwhile keeps nothing. */
    public void hold(HttpConnection connection, long more) {
        Share share = shares.get(connection);
        if (share != null) {
            makeRoom(more, share);
            share.held += more;
            bytes += more;
            waiting.add(share);
        }
    }

    /**
     * Counts what is kept by an answer under way.
     *
     * @param drop lets go of it when the connection is cut off. Netty and Vert.x forget a connection only at the end of their
     *     turn, and many can ask for a large answer in one turn
     */
    public void hold(HttpConnection connection, long more, Runnable drop) {
        hold(connection, more);
        Share share = shares.get(connection);
        if (share != null) {
            share.drop = drop;
        }
    }

    /** The connection took so much. */
    public void letGo(HttpConnection connection, long taken) {
        Share share = shares.get(connection);
        if (share != null) {
            share.held -= taken;
            bytes -= taken;
            waiting.remove(share);
            if (share.held == 0) {
                share.drop = NOTHING;
            } else {
                waiting.add(share);
            }
        }
    }

    /** Where one answer alone is more than the total it is sent all the same: it is there already. */
    private void makeRoom(long more, Share wanting) {
        while (bytes + more > most) {
            Share slowest = slowestBut(wanting);
            if (slowest == null) {
                return;
            }
            closed(slowest.connection);
            slowest.drop.run();
            cut(slowest.connection);
            cutOff++;
        }
    }

    private @Nullable Share slowestBut(Share wanting) {
        Iterator<Share> slowest = waiting.iterator();
        while (slowest.hasNext()) {
            Share next = slowest.next();
            if (next != wanting) {
                return next;
            }
        }
        return null;
    }

    /** Ends it at once, in the operating system as well: a mere close would wait until all is sent, and nobody reads. */
    public static void cut(HttpConnection connection) {
        if (connection instanceof HttpServerConnection served) {
            Channel channel = served.channelHandlerContext().channel();
            ChannelHandlerContext first = channel.pipeline().firstContext();
            if (channel.isOpen() && first != null) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                // from the end of the pipeline it would pass Vert.x, which has a WebSocket say farewell and wait until
                // that is taken
                first.close();
            }
        } else {
            connection.close();
        }
    }

    private static final class Share {
        private final HttpConnection connection;
        private Runnable drop = NOTHING;
        private long held;

        Share(HttpConnection connection) {
            this.connection = connection;
        }
    }
}
