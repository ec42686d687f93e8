package io.knit.core.server.http;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, and what is under way. A connection that is one too many is told so when it asks for something, and one that
 * asks for nothing is closed: first the head of a request must come, then the next within the idle time. Lives on the HTTP
 * server's context.
 */
final class Connections {
    /** How long an answer that is a connection's last has before the end follows it. */
    static final long FAREWELL_MILLIS = 500;

    private final Vertx vertx;
    private final HttpLimits limits;
    private final Map<HttpConnection, Peer> open = new HashMap<>();
    private int underWay;
    private boolean leaving;
    private @Nullable Promise<Void> idle;

    /** Figures for {@code /metrics}, from any thread. */
    private volatile int count;

    Connections(Vertx vertx, HttpLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    int count() {
        return count;
    }

    void opened(HttpConnection connection) {
        if (open.size() >= 2 * limits.connections()) {
            connection.close();
            return;
        }
        Peer peer = new Peer(connection, open.size() >= limits.connections());
        open.put(connection, peer);
        count = open.size();
        peer.awaitHead();
        connection.closeHandler(closed -> {
            peer.stopWaiting();
            open.remove(connection);
            count = open.size();
        });
    }

    /**
     * Notes a request's begin and end.
     *
     * @return why it can't be served, or null
     */
    @Nullable
    KnitException begins(HttpServerRequest request) {
        Peer peer = open.get(request.connection());
        HttpServerResponse response = request.response();
        underWay++;
        if (leaving) {
            response.putHeader("Connection", "close");
        }
        if (peer == null) {
            return null;
        }
        peer.begins();
        if (peer.tooMany) {
            response.putHeader("Connection", "close");
            return new KnitException(
                    ErrorCode.BUSY,
                    "there are " + limits.connections()
                            + " connections already, which is all the server has room for; close some, or try again later");
        }
        return null;
    }

    /** After the answer, or when nobody waits for it any more. */
    void ended(HttpServerRequest request) {
        underWay--;
        Peer peer = open.get(request.connection());
        if (peer != null) {
            peer.ended();
            if (leaving || peer.tooMany) {
                // what waits to be sent is sent first; a moment later, lest the end overtakes the answer
                vertx.setTimer(FAREWELL_MILLIS, late -> request.connection().close());
            }
        }
        tellIdle();
    }

    /** From now on each answer is its connection's last. Ends when nothing is under way, or after a while. */
    Future<Void> leave(Duration atMost) {
        leaving = true;
        Promise<Void> done = Promise.promise();
        idle = done;
        vertx.setTimer(Math.max(1, atMost.toMillis()), late -> done.tryComplete());
        tellIdle();
        return done.future();
    }

    private void tellIdle() {
        Promise<Void> waiting = idle;
        if (waiting != null && underWay == 0) {
            waiting.tryComplete();
        }
    }

    private final class Peer {
        private final HttpConnection connection;
        private final boolean tooMany;
        private long timer = -1;
        private int requests;

        Peer(HttpConnection connection, boolean tooMany) {
            this.connection = connection;
            this.tooMany = tooMany;
        }

        void begins() {
            requests++;
            stopWaiting();
        }

        /** A pipelined request may have begun already. */
        void ended() {
            requests--;
            if (requests == 0) {
                awaitHead();
            }
        }

        void awaitHead() {
            stopWaiting();
            long millis = tooMany ? limits.patience().toMillis() : HttpApi.IDLE_SECONDS * 1000L;
            timer = vertx.setTimer(millis, late -> connection.close());
        }

        void stopWaiting() {
            vertx.cancelTimer(timer);
        }
    }
}
