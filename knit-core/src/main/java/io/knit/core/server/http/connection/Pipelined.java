package io.knit.core.server.http.connection;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The requests of one connection that wait for their turn, which comes when the answer before is on its way. Read from few bytes,
 * they are large objects: {@code GET / HTTP/1.1} takes thirty times its length.
 */
final class Pipelined {
    private static final int REQUEST = 512;
    private static final int HEADER = 128;

    private final HttpConnection connection;
    private final Unread unread;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    Pipelined(HttpConnection connection, Unread unread) {
        this.connection = connection;
        this.unread = unread;
    }

    /** A part of a request was read. */
    void comes(Object message) {
        if (message instanceof HttpRequest request) {
            waiting.add(new Waiting());
            count(REQUEST + request.uri().length() + HEADER * headers(request));
        } else if (message instanceof HttpContent content && !waiting.isEmpty()) {
            count(content.content().readableBytes());
        }
    }

    /** The first of them; those that come when no other is under way wait for no time. */
    void begins() {
        Waiting first = waiting.poll();
        if (first != null) {
            unread.letGo(connection, first.bytes);
        }
    }

    private void count(int bytes) {
        waiting.getLast().bytes += bytes;
        unread.hold(connection, bytes);
    }

    private static int headers(HttpRequest request) {
        int headers = 0;
        for (Iterator<?> all = request.headers().iteratorCharSequence(); all.hasNext(); all.next()) {
            headers++;
        }
        return headers;
    }

    private static final class Waiting {
        private int bytes;
    }
}
