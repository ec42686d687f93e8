package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.connection.Unread;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** {@code GET /backup}: a file, a piece at a time as fast as it is read, and removed afterwards. Who takes nothing for two looks is cut off, and who may not any more. */
final class BackupRoute {
    private static final int PIECE = 32 * 1024;
    private static final long LOOK_MILLIS = 30_000;

    private final Orchestrator orchestrator;
    private final Vertx vertx;
    private final Answers answers;
    private final Consumer<HttpServerRequest> waits;

    /** @param waits told of a request whose answer takes a while to begin */
    BackupRoute(Orchestrator orchestrator, Vertx vertx, Answers answers, Consumer<HttpServerRequest> waits) {
        this.orchestrator = orchestrator;
        this.vertx = vertx;
        this.answers = answers;
        this.waits = waits;
    }

    void mount(Router router) {
        router.get("/backup").handler(this::send);
    }

    private void send(RoutingContext ctx) {
        waits.accept(ctx.request());
        orchestrator.backup(Gate.caller(ctx)).onFailure(ctx::fail).onSuccess(path -> open(ctx, path));
    }

    private void open(RoutingContext ctx, Path path) {
        vertx.fileSystem()
                .open(path.toString(), new OpenOptions().setRead(true).setWrite(false))
                .onComplete(opened -> {
                    // it has no name any more, and is there for as long as it is read
                    vertx.fileSystem().delete(path.toString());
                    if (opened.failed()) {
                        ctx.fail(opened.cause());
                    } else if (ctx.response().closed()) {
                        opened.result().close();
                    } else {
                        new Sending(ctx, opened.result()).begin();
                    }
                });
    }

    private final class Sending {
        private final HttpServerRequest request;
        private final RoutingContext ctx;
        private final BooleanSupplier standing;
        private final AsyncFile file;
        private long sent;
        private long sentAtLook = -1;
        private long timer = -1;
        private boolean over;

        Sending(RoutingContext ctx, AsyncFile file) {
            this.ctx = ctx;
            this.request = ctx.request();
            this.standing = Gate.standing(ctx);
            this.file = file;
        }

        void begin() {
            ctx.addEndHandler(ended -> end());
            timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
            file.size().onFailure(this::fail).onSuccess(size -> {
                request.response()
                        .putHeader("Content-Type", "application/zip")
                        .putHeader("Content-Disposition", "attachment; filename=\"knit-backup.zip\"")
                        .putHeader("Content-Length", Long.toString(size));
                next();
            });
        }

        private void next() {
            if (!over) {
                file.read(Buffer.buffer(PIECE), 0, sent, PIECE)
                        .onFailure(this::fail)
                        .onSuccess(this::send);
            }
        }

        private void send(Buffer piece) {
            if (over) {
                return;
            }
            if (!standing.getAsBoolean()) {
                cut();
            } else if (piece.length() == 0) {
                request.response().end();
            } else {
                answers.write(request, piece).onSuccess(taken -> {
                    sent += piece.length();
                    next();
                });
            }
        }

        private void look() {
            if (!standing.getAsBoolean() || sent == sentAtLook) {
                cut();
            }
            sentAtLook = sent;
        }

        /** What is on its way is not whole, which the reader sees by its length. */
        private void cut() {
            end();
            Unread.cut(request.connection());
        }

        private void fail(Throwable why) {
            boolean begun = request.response().headWritten();
            end();
            if (begun) {
                Unread.cut(request.connection());
            } else {
                ctx.fail(why);
            }
        }

        private void end() {
            if (!over) {
                over = true;
                vertx.cancelTimer(timer);
                file.close();
            }
        }
    }
}
