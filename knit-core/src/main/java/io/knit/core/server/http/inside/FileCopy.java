package io.knit.core.server.http.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.connection.Unread;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tar out of an instance or into it, as fast as the slower end takes it. A client that neither takes nor sends anything for two looks is cut off.
 * What the agent says comes from the loop of streams; all else is on the HTTP server's context.
 */
final class FileCopy implements PipeReader {
    static final long LOOK_MILLIS = 30_000;

    /**
     * What the head of an answer says.
     *
     * @param comes of one whose body is the tar, besides what all of these say
     * @param taken of one to a tar that went in
     */
    record Heads(Consumer<HttpServerResponse> comes, Consumer<HttpServerResponse> taken) {
        static final Heads PLAIN = new Heads(response -> {}, response -> response.setStatusCode(204));
    }

    private final Vertx vertx;
    private final Context context;
    private final Answers answers;
    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final @Nullable ReadStream<Buffer> body;
    private final Heads heads;
    private final BooleanSupplier standing;
    private final Runnable onEnd;

    private @Nullable Pipe pipe;
    private boolean begun;
    private boolean over;
    /** Whether it is the client's turn, to take or to send. */
    private boolean awaited;

    private boolean late;
    /** Whether anything of the client's body came. */
    private boolean came;

    private boolean whole;
    private long timer = -1;

    /**
     * @param body the tar that is to go in; null: one comes out
     * @param heads how its end is told
     * @param standing whether who asked may still copy
     */
    FileCopy(
            Vertx vertx,
            Context context,
            Answers answers,
            RoutingContext ctx,
            @Nullable ReadStream<Buffer> body,
            Heads heads,
            BooleanSupplier standing,
            Runnable onEnd) {
        this.vertx = vertx;
        this.context = context;
        this.answers = answers;
        this.ctx = ctx;
        this.request = ctx.request();
        this.response = request.response();
        this.body = body;
        this.heads = heads;
        this.standing = standing;
        this.onEnd = onEnd;
    }

    static KnitException empty() {
        return new KnitException(
                ErrorCode.INVALID_VALUE, "the body is empty, which no tar is; send one, as tar -c FILE makes it");
    }

    void opens(Pipe asked) {
        pipe = asked;
        timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
        ctx.addEndHandler(ended -> end());
    }

    @Override
    public void begun() {
        context.runOnContext(now -> {
            if (!over && !begun) {
                begun = true;
                if (body != null) {
                    takeBody(body);
                }
            }
        });
    }

    private void takeBody(ReadStream<Buffer> from) {
        Pipe to = pipe;
        if (to == null) {
            return;
        }
        from.handler(piece -> {
            if (over || !stands()) {
                return;
            }
            awaited = false;
            came = true;
            from.pause();
            to.write(0, piece.getBytes())
                    .onComplete(sent -> context.runOnContext(now -> {
                        awaits();
                        from.resume();
                    }));
        });
        from.exceptionHandler(why -> end());
        from.endHandler(all -> {
            if (over || !stands()) {
                return;
            }
            awaited = false;
            whole = true;
            if (came) {
                to.end();
            } else {
                fail(empty());
            }
        });
        if (from == request && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            response.writeContinue();
        }
        awaits();
        from.resume();
    }

    private void awaits() {
        awaited = true;
        late = false;
    }

    @Override
    public Future<Void> bytes(int channel, byte[] bytes) {
        if (body != null || bytes.length == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> taken = Promise.promise();
        context.runOnContext(now -> send(bytes).onComplete(taken));
        return taken.future();
    }

    private Future<Void> send(byte[] bytes) {
        if (over || !stands()) {
            return Future.succeededFuture();
        }
        head();
        awaits();
        return answers.write(request, Buffer.buffer(bytes)).onComplete(sent -> awaited = false);
    }

    private void head() {
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader("Content-Type", "application/x-tar")
                    .putHeader("Cache-Control", "no-store")
                    .putHeader("X-Accel-Buffering", "no");
            heads.comes().accept(response);
        }
    }

    @Override
    public void ended(byte[] lastWord) {
        context.runOnContext(now -> {
            if (over) {
                return;
            }
            end();
            if (body != null) {
                heads.taken().accept(response);
                closeUnlessWhole();
            } else {
                head();
            }
            response.end();
        });
    }

    /** The rest of a body that nobody wants would be taken for the next request. */
    private void closeUnlessWhole() {
        if (body != null && !whole) {
            response.putHeader("Connection", "close");
            body.resume();
        }
    }

    @Override
    public void failed(KnitException why) {
        context.runOnContext(now -> fail(why));
    }

    /** Before the first byte of an answer it is a problem as any; after it, the answer is not whole. */
    void fail(KnitException why) {
        if (over) {
            return;
        }
        end();
        if (response.headWritten()) {
            request.connection().close();
        } else {
            closeUnlessWhole();
            ctx.fail(why);
        }
    }

    private void look() {
        if (!stands()) {
            return;
        }
        if (awaited && late && body != null) {
            fail(new KnitException(
                    ErrorCode.TOO_SLOW, "nothing more of the body came in " + LOOK_MILLIS / 1000 + " s; copy again"));
        } else if (awaited && late) {
            end();
            Unread.cut(request.connection());
        } else {
            late = awaited;
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        vertx.cancelTimer(timer);
        if (pipe != null) {
            pipe.cancel();
        }
        onEnd.run();
    }

    /** Asked of all that comes or goes; the looks are for who says nothing. */
    private boolean stands() {
        if (!standing.getAsBoolean()) {
            fail(Gate.ended());
            return false;
        }
        return true;
    }
}
