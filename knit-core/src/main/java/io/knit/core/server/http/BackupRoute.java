package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.core.server.http.access.Gate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.function.Consumer;

/** {@code GET /backup}: a file, a piece at a time as fast as it is read, and removed afterwards. */
final class BackupRoute {
    private final Orchestrator orchestrator;
    private final Vertx vertx;
    private final Consumer<HttpServerRequest> waits;

    /** @param waits told of a request whose answer takes a while to begin */
    BackupRoute(Orchestrator orchestrator, Vertx vertx, Consumer<HttpServerRequest> waits) {
        this.orchestrator = orchestrator;
        this.vertx = vertx;
        this.waits = waits;
    }

    void mount(Router router) {
        router.get("/backup").handler(this::send);
    }

    private void send(RoutingContext ctx) {
        waits.accept(ctx.request());
        orchestrator.backup(Gate.caller(ctx)).onFailure(ctx::fail).onSuccess(file -> {
            if (ctx.response().closed()) {
                remove(file);
                return;
            }
            ctx.response()
                    .putHeader("Content-Type", "application/zip")
                    .putHeader("Content-Disposition", "attachment; filename=\"knit-backup.zip\"")
                    .sendFile(file.toString())
                    .onComplete(sent -> remove(file));
        });
    }

    private void remove(Path file) {
        vertx.fileSystem().delete(file.toString());
    }
}
