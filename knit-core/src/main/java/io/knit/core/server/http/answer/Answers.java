package io.knit.core.server.http.answer;

import io.knit.core.server.http.connection.Unread;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers, each byte of which counts from here until its reader took it. Large ones go out in pieces, so that it shows who
 * reads. Lives on the HTTP server's context.
 */
public final class Answers {
    static final int PIECE = 32 * 1024;

    /** Of an answer that goes out in pieces, so much is on its way at once. Vert.x has the queue full at sixteen pieces of any size. */
    private static final int WINDOW = 2 * PIECE;

    private final Unread unread;

    public Answers(Unread unread) {
        this.unread = unread;
    }

    /** A part of an answer; how many are on their way is the caller's to bound. */
    public Future<Void> write(HttpServerRequest request, Buffer piece) {
        return count(request, piece, request.response().write(piece));
    }

    /** The last part of an answer, or a small one. */
    void end(HttpServerRequest request, Buffer last) {
        count(request, last, request.response().end(last));
    }

    /** An answer that is whole in memory. */
    public void send(RoutingContext ctx, int status, String type, Buffer body) {
        HttpServerResponse response = ctx.response().setStatusCode(status).putHeader("Content-Type", type);
        // pages have a secret of their own beside what others may have put there: packed, its length would tell of it
        boolean large = body.length() >= Packing.LEAST && !type.startsWith("text/html");
        boolean packed = large && Packing.isTaken(ctx.request());
        if (large) {
            response.putHeader("Vary", "Accept-Encoding");
        }
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        Buffer sent = packed ? Packing.of(body) : body;
        if (packed) {
            response.putHeader("Content-Encoding", "gzip");
        }
        if (sent.length() <= PIECE) {
            end(ctx.request(), sent);
        } else {
            response.putHeader("Content-Length", Integer.toString(sent.length()));
            pieces(ctx, 0, List.of(sent).iterator());
        }
    }

    /**
     * The same of what is shown, which a client that has it already is spared.
     *
     * @param revision what its tag begins with, {@code 3-}; empty: it has none
     */
    public void show(RoutingContext ctx, String revision, String type, Buffer body) {
        if (!EntityTag.settles(ctx.request(), revision + EntityTag.of(body.getBytes()))) {
            send(ctx, 200, type, body);
        }
    }

    /**
     * An answer that is made as fast as its reader takes it; its head says how it ends.
     *
     * @param kept bytes that its source keeps until its end, besides a piece at a time
     */
    public void send(RoutingContext ctx, long kept, Iterator<Buffer> pieces) {
        ctx.response().putHeader("Vary", "Accept-Encoding");
        if (Packing.isTaken(ctx.request())) {
            ctx.response().putHeader("Content-Encoding", "gzip");
            pieces(ctx, kept + Packing.KEPT, Packing.of(pieces));
        } else {
            pieces(ctx, kept, pieces);
        }
    }

    private void pieces(RoutingContext ctx, long kept, Iterator<Buffer> pieces) {
        Piecewise answer = new Piecewise(ctx.request(), pieces);
        unread.hold(ctx.request().connection(), kept, answer::drop);
        ctx.addEndHandler(ended -> {
            answer.drop();
            unread.letGo(ctx.request().connection(), kept);
        });
        answer.pump();
    }

    private Future<Void> count(HttpServerRequest request, Buffer piece, Future<Void> taken) {
        unread.hold(request.connection(), piece.length());
        return taken.onComplete(done -> unread.letGo(request.connection(), piece.length()));
    }

    private final class Piecewise {
        private final HttpServerRequest request;
        private Iterator<Buffer> pieces;
        private @Nullable Buffer large;
        private int sent;
        private int onTheWay;
        private boolean pumping;
        private boolean over;

        Piecewise(HttpServerRequest request, Iterator<Buffer> pieces) {
            this.request = request;
            this.pieces = pieces;
        }

        void pump() {
            if (pumping) {
                return;
            }
            pumping = true;
            while (!over && onTheWay < WINDOW) {
                Buffer rest = large;
                if (rest != null) {
                    cut(rest);
                } else if (pieces.hasNext()) {
                    send(pieces.next());
                } else {
                    over = true;
                    request.response().end();
                }
            }
            pumping = false;
        }

        private void send(Buffer piece) {
            if (piece.length() <= PIECE) {
                write(piece);
            } else {
                large = piece;
                unread.hold(request.connection(), piece.length());
            }
        }

        /** Copies, for a part that is still queued must not keep the whole. */
        private void cut(Buffer whole) {
            Buffer part = whole.getBuffer(sent, Math.min(sent + PIECE, whole.length()));
            sent += part.length();
            if (sent == whole.length()) {
                large = null;
                sent = 0;
                unread.letGo(request.connection(), whole.length());
            }
            write(part);
        }

        private void write(Buffer part) {
            onTheWay += part.length();
            Answers.this.write(request, part).onComplete(taken -> {
                onTheWay -= part.length();
                pump();
            });
        }

        /** Lets go of what the pieces are made of, whoever still knows this answer. */
        void drop() {
            over = true;
            large = null;
            pieces = Collections.emptyIterator();
        }
    }
}
