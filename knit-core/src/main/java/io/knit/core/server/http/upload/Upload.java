package io.knit.core.server.http.upload;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a form, as a stream that is never whole here. Its form's fields are among those of the request before anybody is asked what to do with it. On the HTTP server's context.
 */
public final class Upload implements ReadStream<Buffer> {
    private static final String KEY = "knit.upload";

    private static final Handler<Buffer> NOBODY = piece -> {};

    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final FormParts parts;

    private Handler<Buffer> taker = NOBODY;
    private Handler<Void> atEnd = over -> {};
    private Handler<Throwable> atFault = why -> {};
    private Buffer held = Buffer.buffer();
    private boolean begun;
    private boolean paused;
    private boolean over;
    private long timer = -1;

    private Upload(RoutingContext ctx, FormParts parts) {
        this.ctx = ctx;
        this.request = ctx.request();
        this.parts = parts;
    }

    /**
     * Comes before whoever reads bodies, and before the handlers of these paths.
     *
     * @param patience in which a form's fields are to be there
     */
    public static void mount(Router router, Set<String> paths, Duration patience) {
        paths.forEach(path -> router.post(path).handler(ctx -> {
            String type = Objects.requireNonNullElse(ctx.request().getHeader("Content-Type"), "");
            Upload upload = new Upload(ctx, FormParts.of(type));
            ctx.put(KEY, upload);
            upload.begin(patience);
        }));
    }

    /** Of a request that has a file; null: it has none. */
    public static @Nullable Upload of(RoutingContext ctx) {
        return ctx.get(KEY);
    }

    /** Of a request that must have a form with a file. */
    public static Upload in(RoutingContext ctx) {
        return Objects.requireNonNull(of(ctx), "no upload is mounted at this path");
    }

    private void begin(Duration patience) {
        request.exceptionHandler(why -> fault(why, false));
        request.handler(this::piece);
        request.endHandler(end -> ended());
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            ctx.response().writeContinue();
        }
        timer = ctx.vertx()
                .setTimer(
                        patience.toMillis(),
                        late -> fault(
                                new KnitException(
                                        ErrorCode.TOO_SLOW,
                                        "the form's fields did not come in " + patience.toSeconds()
                                                + " s; send it again"),
                                true));
        ctx.addEndHandler(done -> ctx.vertx().cancelTimer(timer));
    }

    private void piece(Buffer piece) {
        if (over) {
            return;
        }
        byte[] file;
        try {
            file = parts.take(piece.getBytes());
        } catch (KnitException e) {
            fault(e, true);
            return;
        }
        if (!begun && (parts.filed() || parts.whole())) {
            known();
        }
        if (file.length > 0) {
            held.appendBytes(file);
            deliver();
        }
    }

    /** What stands in the form is known, and not yet what to do with it. */
    private void known() {
        begun = true;
        ctx.vertx().cancelTimer(timer);
        parts.fields().forEach(field -> request.formAttributes().add(field.name(), field.value()));
        pause();
        // the piece is taken to its end first
        ctx.vertx().getOrCreateContext().runOnContext(now -> ctx.next());
    }

    private void deliver() {
        if (!paused && held.length() > 0) {
            Buffer next = held;
            held = Buffer.buffer();
            taker.handle(next);
        }
    }

    private void ended() {
        if (over) {
            return;
        }
        if (!parts.whole()) {
            fault(new KnitException(ErrorCode.INVALID_VALUE, "the form broke off before its end; send it again"), true);
            return;
        }
        over = true;
        atEnd.handle(null);
    }

    /** @param told whether there is somebody who can be told */
    private void fault(Throwable why, boolean told) {
        if (over) {
            return;
        }
        over = true;
        ctx.vertx().cancelTimer(timer);
        atFault.handle(why);
        if (told) {
            request.resume();
            ctx.fail(why);
        }
    }

    @Override
    public Upload exceptionHandler(@Nullable Handler<Throwable> handler) {
        atFault = handler == null ? why -> {} : handler;
        return this;
    }

    @Override
    public Upload handler(@Nullable Handler<Buffer> handler) {
        taker = handler == null ? NOBODY : handler;
        return this;
    }

    @Override
    public Upload endHandler(@Nullable Handler<Void> handler) {
        atEnd = handler == null ? end -> {} : handler;
        return this;
    }

    @Override
    public Upload pause() {
        paused = true;
        request.pause();
        return this;
    }

    @Override
    public Upload resume() {
        paused = false;
        deliver();
        if (!paused) {
            request.resume();
        }
        return this;
    }

    @Override
    public Upload fetch(long amount) {
        return resume();
    }
}
