package io.knit.core.server.http.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.image.ImagePush;
import io.knit.core.server.image.Pushed;
import io.knit.core.server.image.Spool;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The body of a request that pushes an image: as fast as it can be kept. A client that sends nothing for two looks is cut off. On the HTTP server's context. */
final class ImageTake {
    private final Vertx vertx;
    private final Context context;
    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ReadStream<Buffer> body;
    private final ImagePush push;
    private final BooleanSupplier standing;
    private final Consumer<Pushed> answer;
    private final Runnable onEnd;

    private boolean over;
    private boolean awaited;
    private boolean late;
    private boolean whole;
    private long timer = -1;

    /**
     * @param body the image, of which nothing was taken yet
     * @param standing whether who asked may still push
     */
    ImageTake(
            Vertx vertx,
            Context context,
            RoutingContext ctx,
            ReadStream<Buffer> body,
            ImagePush push,
            BooleanSupplier standing,
            Consumer<Pushed> answer,
            Runnable onEnd) {
        this.vertx = vertx;
        this.context = context;
        this.ctx = ctx;
        this.request = ctx.request();
        this.response = request.response();
        this.body = body;
        this.push = push;
        this.standing = standing;
        this.answer = answer;
        this.onEnd = onEnd;
    }

    void begin() {
        timer = vertx.setPeriodic(FileCopy.LOOK_MILLIS, tick -> look());
        ctx.addEndHandler(ended -> end());
        body.handler(piece -> {
            if (over || !stands()) {
                return;
            }
            awaited = false;
            body.pause();
            push.write(piece.getBytes())
                    .onComplete(kept -> context.runOnContext(now -> {
                        if (kept.failed()) {
                            fail(kept.cause());
                        } else if (!over) {
                            awaits();
                            body.resume();
                        }
                    }));
        });
        body.exceptionHandler(why -> end());
        body.endHandler(all -> {
            whole = true;
            if (over || !stands()) {
                return;
            }
            awaited = false;
            push.push()
                    .onComplete(done -> context.runOnContext(now -> {
                        if (done.failed()) {
                            fail(done.cause());
                        } else if (!over) {
                            end();
                            answer.accept(done.result());
                        }
                    }));
        });
        if (body == request && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            response.writeContinue();
        }
        awaits();
        body.resume();
    }

    /** More than is ever taken is said before the first byte of it comes, where it can be. */
    static void requireRoom(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        // one that is no number was refused by the HTTP server
        if (length != null && Long.parseLong(length) > Spool.MOST) {
            throw Spool.tooLarge();
        }
    }

    private void awaits() {
        awaited = true;
        late = false;
    }

    void fail(Throwable why) {
        if (over) {
            return;
        }
        end();
        if (!whole) {
            // the rest of a body that nobody wants would be taken for the next request
            response.putHeader("Connection", "close");
            body.handler(piece -> {});
            body.resume();
        }
        ctx.fail(why);
    }

    private void look() {
        if (!stands()) {
            return;
        }
        if (awaited && late) {
            fail(new KnitException(
                    ErrorCode.TOO_SLOW,
                    "nothing more of the body came in " + FileCopy.LOOK_MILLIS / 1000 + " s; push again"));
        } else {
            late = awaited;
        }
    }

    private void end() {
        if (!over) {
            over = true;
            vertx.cancelTimer(timer);
            push.cancel();
            onEnd.run();
        }
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
