package io.knit.core.server.http.logs;

import io.knit.api.error.KnitException;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.connection.Unread;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.InstanceLine;
import io.knit.core.server.inside.LineListener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one instance or several, sent to one reader as fast as he takes them: the next ones are asked for when these are sent. One who
 * takes nothing for two keep-alives is cut off. What it is told comes from the loop of streams; all else is on the HTTP server's context.
 */
final class LogAnswer implements LineListener {
    static final long KEEP_ALIVE_MILLIS = 30_000;

    private final Vertx vertx;
    private final Context context;
    private final Answers answers;
    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final LineForm form;
    private final BooleanSupplier standing;
    private final Runnable onEnd;

    private Inside.@Nullable Reading reading;
    private boolean begun;
    private boolean over;
    private boolean sending;
    private boolean stuck;
    private long timer = -1;

    LogAnswer(
            Vertx vertx,
            Context context,
            Answers answers,
            RoutingContext ctx,
            LineForm form,
            BooleanSupplier standing,
            Runnable onEnd) {
        this.vertx = vertx;
        this.context = context;
        this.answers = answers;
        this.ctx = ctx;
        this.request = ctx.request();
        this.response = request.response();
        this.form = form;
        this.standing = standing;
        this.onEnd = onEnd;
    }

    void reads(Inside.Reading begunReading) {
        reading = begunReading;
        timer = vertx.setPeriodic(KEEP_ALIVE_MILLIS, tick -> keepAlive());
        ctx.addEndHandler(ended -> end());
    }

    @Override
    public void begun() {
        context.runOnContext(now -> head());
    }

    private void head() {
        if (!begun && !over) {
            begun = true;
            response.setChunked(true)
                    .putHeader("Content-Type", form.type())
                    .putHeader("Cache-Control", "no-store")
                    .putHeader("X-Accel-Buffering", "no");
            if (form.begin().isEmpty()) {
                response.writeHead();
            } else {
                send(form.begin());
            }
        }
    }

    @Override
    public Future<Void> lines(List<InstanceLine> lines) {
        Promise<Void> taken = Promise.promise();
        context.runOnContext(now -> {
            Future<Void> sent = Future.succeededFuture();
            if (!over && stands()) {
                head();
                sent = send(form.of(lines));
            }
            sent.onComplete(taken);
        });
        return taken.future();
    }

    private Future<Void> send(String text) {
        if (over || text.isEmpty()) {
            return Future.succeededFuture();
        }
        sending = true;
        return answers.write(request, Buffer.buffer(text)).onComplete(sent -> {
            sending = false;
            stuck = false;
        });
    }

    @Override
    public void ended() {
        context.runOnContext(now -> {
            head();
            if (!over) {
                send(form.end());
                end();
                response.end();
            }
        });
    }

    @Override
    public void failed(KnitException why) {
        context.runOnContext(now -> fail(why));
    }

    /** Before the first byte it is a problem as any; after it, words at the end of what is then no whole answer. */
    void fail(KnitException why) {
        if (over) {
            return;
        }
        if (!begun) {
            end();
            ctx.fail(why);
            return;
        }
        Future<Void> told = send(form.failure(why));
        end();
        told.onComplete(sent -> {
            if (form.saysItsEnd()) {
                response.end();
            } else {
                request.connection().close();
            }
        });
    }

    private void keepAlive() {
        if (!stands()) {
            return;
        }
        if (!sending) {
            send(begun ? form.keepAlive() : "");
        } else if (stuck) {
            end();
            Unread.cut(request.connection());
        } else {
            stuck = true;
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        vertx.cancelTimer(timer);
        if (reading != null) {
            reading.cancel();
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
