package io.knit.example.vertx;

import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An application of its own with a server beside it, on one Vert.x. */
public final class FleetVerticle extends VerticleBase {
    private final KnitServerBuilder settings;
    private final int port;
    private @Nullable KnitServer knit;
    private @Nullable HttpServer page;

    FleetVerticle(KnitServerBuilder settings, int port) {
        this.settings = settings;
        this.port = port;
    }

    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        vertx.deployVerticle(new FleetVerticle(KnitServer.builder().dataDir(Path.of("knit-data")), 8081))
                .onFailure(e -> {
                    System.err.println(e.getMessage());
                    vertx.close();
                });
    }

    // [vertx]
    @Override
    public Future<?> start() {
        // the Vert.x stays the application's: closing Knit does not close it
        KnitServer server = settings.vertx(vertx).build();
        knit = server;
        return server.start()
                .compose(started -> vertx.createHttpServer()
                        .requestHandler(request -> answer(request, started))
                        .listen(port, "127.0.0.1"))
                .onSuccess(listening -> page = listening)
                .recover(e -> server.close().transform(closed -> Future.failedFuture(e)));
    }

    /** What is read of the server is a snapshot: nothing waits, so it may be read on any event loop. */
    private static void answer(HttpServerRequest request, KnitServer knit) {
        request.response()
                .end(knit.snapshot().deployments().stream()
                        .map(each -> each.deployment().name() + " is "
                                + each.status().wireName() + "\n")
                        .collect(Collectors.joining()));
    }

    @Override
    public Future<?> stop() {
        return knit == null ? Future.succeededFuture() : knit.close();
    }
    // [vertx]

    KnitServer knit() {
        if (knit == null) {
            throw new IllegalStateException("not started");
        }
        return knit;
    }

    /** Where the application's own page is. */
    int port() {
        if (page == null) {
            throw new IllegalStateException("not started");
        }
        return page.actualPort();
    }
}
