package io.knit.core.server.http.connection;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, and what is under way. A connection that is one too many is told so when it asks for something, and one that
 * asks for nothing is closed: first the head of a request must come, then the next within the idle time. Lives on the HTTP
 * server's context.
 */
public final class Connections {
    /** How long an answer that is a connection's last has before the end follows it. */
    public static final long FAREWELL_MILLIS = 300;

    /** How long a connection that has asked for nothing yet may take to do so when the server ends: its client is about to. */
    private static final long FRESH_MILLIS = 1_000;

    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Vertx vertx;
    private final HttpLimits limits;
    private final Unread unread;
    private final Map<HttpConnection, Peer> open = new HashMap<>();
    private boolean leaving;

    /** Figures for {@code /metrics}, from any thread. */
    private volatile int count;

    public Connections(Vertx vertx, HttpLimits limits, Unread unread) {
        this.vertx = vertx;
        this.limits = limits;
        this.unread = unread;
    }

    public int count() {
        return count;
    }

    public void opened(HttpConnection connection) {
        if (open.size() >= 2 * limits.connections()) {
            connection.close();
            return;
        }
        Peer peer = new Peer(connection, open.size() >= limits.connections());
        open.put(connection, peer);
        unread.opened(connection);
        count = open.size();
        if (leaving) {
            peer.leave();
        } else {
            peer.awaitHead();
        }
        intercept(connection, peer);
        whenGone(connection, () -> {
            peer.stopWaiting();
            unread.closed(connection);
            open.remove(connection);
            count = open.size();
        });
    }

    /** Once a WebSocket has taken a connection's place, Vert.x calls the connection's own close handler no more: only the channel tells of every end. */
    private static void whenGone(HttpConnection connection, Runnable gone) {
        if (connection instanceof HttpServerConnection served) {
            served.channelHandlerContext()
                    .channel()
                    .closeFuture()
                    .addListener(closed -> served.context().runOnContext(now -> gone.run()));
        } else {
            connection.closeHandler(closed -> gone.run());
        }
    }

    /** A request's turn has come, whatever it is. */
    public void turnOf(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        if (peer != null) {
            peer.pipelined.begins();
        }
    }

    /**
     * Notes a request's begin and end.
     *
     * @return why it can't be served, or null
     */
    @Nullable
    public KnitException begins(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        if (peer == null) {
            return null;
        }
        peer.begins();
        if (peer.tooMany) {
            return new KnitException(
                    ErrorCode.BUSY,
                    "there are " + limits.connections()
                            + " connections already, which is all the server has room for; close some, or try again later");
        }
        return null;
    }

    /** Says so where an answer is its connection's last; when it begins to be sent, for much may change until then. */
    public void answers(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        if (peer != null && isEndedByClosing(request)) {
            peer.last = true;
        }
        if (leaving || (peer != null && (peer.tooMany || peer.last))) {
            request.response().putHeader("Connection", "close");
        }
    }

    /** Of an answer with no length, which in HTTP/1.0 comes in no chunks either, a client that wants to keep the connection sees no other end. */
    private static boolean isEndedByClosing(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_0
                && request.method() != HttpMethod.HEAD
                && !request.response().headers().contains("Content-Length");
    }

    /** After the answer, or when nobody waits for it any more. */
    public void ended(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        if (peer != null) {
            peer.ended();
        }
    }

    /** That nothing moves until the answer is no reason to end the request's connection. */
    public void waits(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        if (peer != null) {
            peer.patient = true;
        }
    }

    /** From now on each answer is its connection's last. */
    public void leave() {
        leaving = true;
    }

    /**
     * Sees what comes before Vert.x does. First, requests that wait for their turn, of which Vert.x takes as many as fit one read.
     * Then, its wish to end: Vert.x ends every connection on which no request has begun as soon as it has stopped to listen, and
     * with it the request that is on its way there. So the wish goes to us instead, and the connection ends when it is quiet.
     */
    private static void intercept(HttpConnection connection, Peer peer) {
        if (connection instanceof HttpServerConnection served) {
            ChannelHandlerContext handler = served.channelHandlerContext();
            KeptAlive.begin(handler.channel());
            // else one turn of a fast sender makes a MiB of requests
            handler.channel()
                    .config()
                    .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1));
            handler.pipeline().addBefore("handler", "knit-peer", new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    peer.pipelined.comes(message);
                    ctx.fireChannelRead(message);
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    if (event instanceof IdleStateEvent && peer.patient) {
                        return;
                    }
                    if (event instanceof ShutdownEvent) {
                        served.context().runOnContext(now -> peer.leave());
                    } else {
                        ctx.fireUserEventTriggered(event);
                    }
                }
            });
        }
    }

    private final class Peer {
        private final HttpConnection connection;
        private final boolean tooMany;
        private final Pipelined pipelined;
        private long timer = -1;
        private int requests;
        private boolean fresh = true;
        /** Its answer is the last. */
        private boolean last;
        /** Its request is answered when something has happened. */
        private boolean patient;

        Peer(HttpConnection connection, boolean tooMany) {
            this.connection = connection;
            this.tooMany = tooMany;
            this.pipelined = new Pipelined(connection, unread);
        }

        void begins() {
            requests++;
            fresh = false;
            stopWaiting();
        }

        /** A pipelined request may have begun already. */
        void ended() {
            patient = false;
            requests--;
            if (requests == 0 && (leaving || tooMany || last)) {
                leave();
            } else if (requests == 0) {
                awaitHead();
            }
        }

        void awaitHead() {
            stopWaiting();
            long millis = tooMany ? limits.patience().toMillis() : HttpLimits.IDLE_SECONDS * 1000L;
            timer = vertx.setTimer(millis, late -> connection.close());
        }

        /** A request that is on its way here is answered; after it, or where none comes, the connection ends. */
        void leave() {
            if (requests == 0) {
                stopWaiting();
                timer = vertx.setTimer(
                        fresh ? FRESH_MILLIS : FAREWELL_MILLIS,
                        // once more: a timer may be due before what came meanwhile is read
                        late -> timer = vertx.setTimer(LOOK_AGAIN_MILLIS, still -> connection.close()));
            }
        }

        void stopWaiting() {
            vertx.cancelTimer(timer);
        }
    }
}
