package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Measured;
import io.knit.core.loop.RandomIds;
import io.knit.core.server.dashboard.Dashboard;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** The REST API and the dashboard on one port. Thread-safe. */
public final class HttpApi {
    static final int MAX_BODY = 1 << 20;
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final HttpServer server;
    private final Context context;
    private final EventStreams events;

    private HttpApi(Context context, HttpServer server, EventStreams events) {
        this.context = context;
        this.server = server;
        this.events = events;
    }

    /**
     * Listens.
     *
     * @param host a name or address of this machine; {@code 0.0.0.0} or {@code ::} for all
     * @param port 0–65535; 0 for a free one
     * @return fails with {@code IN_USE} or {@code INVALID_CONFIGURATION}
     */
    public static Future<HttpApi> start(Vertx vertx, String host, int port, Orchestrator orchestrator) {
        return start(vertx, host, port, orchestrator, List.of());
    }

    /**
     * Listens.
     *
     * @param components whose figures are shown at {@code /metrics} with the server's
     */
    public static Future<HttpApi> start(
            Vertx vertx, String host, int port, Orchestrator orchestrator, List<Measured> components) {
        EventStreams events = new EventStreams(vertx, orchestrator);
        Router router = router(vertx, host, orchestrator, events, new Metrics(orchestrator, components));
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        .setMaxFormAttributeSize(MAX_BODY)
                        .setMaxFormBufferedBytes(MAX_BODY)
                        .setIdleTimeout(60))
                .requestHandler(router);
        return vertx.executeBlocking(() -> requireFree(host, port), false)
                .compose(free -> {
                    Context context = vertx.getOrCreateContext(); // that of all requests
                    return server.listen(port, host).map(listening -> new HttpApi(context, listening, events));
                })
                .recover(failure -> Future.failedFuture(explain(failure, host, port)));
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    /** Ends the event streams and stops listening. May be called more than once. */
    public Future<Void> close() {
        Promise<Void> ended = Promise.promise();
        context.runOnContext(now -> {
            events.close();
            ended.complete();
        });
        return ended.future().compose(done -> server.close());
    }

    private static Router router(
            Vertx vertx, String host, Orchestrator orchestrator, EventStreams events, Metrics metrics) {
        Router router = Router.router(vertx);
        metrics.count(router);
        router.route().handler(HttpApi::headers);
        router.route().handler(new HostGuard(host)::check);
        router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        new Routes(orchestrator, events, metrics).mount(router);
        Dashboard.mount(router, orchestrator, new RandomIds());
        Dashboard.PATHS.forEach((path, methods) -> Routes.only(router, path, methods));
        router.route().handler(HttpApi::nothingHere);
        router.route().failureHandler(HttpApi::fail);
        return router;
    }

    private static void headers(RoutingContext ctx) {
        ctx.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Frame-Options", "DENY")
                // not no-referrer, with which browsers send our own forms with "Origin: null"
                .putHeader("Referrer-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cache-Control", "no-store");
        ctx.next();
    }

    private static void nothingHere(RoutingContext ctx) {
        ctx.fail(new KnitException(
                ErrorCode.NOT_FOUND,
                "there is nothing at this path; see /deployments, /nodes, /events and /dashboard"));
    }

    private static void fail(RoutingContext ctx) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (ctx.response().headWritten()) {
            ctx.request().connection().close();
            return;
        }
        Problem problem = Problem.of(cause(ctx));
        if (problem.status() == 413) {
            hangUp(ctx);
        }
        ctx.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .end(Buffer.buffer(problem.json()));
    }

    /** What is left of the body is not waited for; but closing at once could take the answer from the client. */
    private static void hangUp(RoutingContext ctx) {
        ctx.response().putHeader("Connection", "close");
        ctx.response()
                .endHandler(sent -> ctx.vertx()
                        .setTimer(500, late -> ctx.request().connection().close()));
    }

    /** Vert.x Web fails requests of its own with a mere status. */
    private static Throwable cause(RoutingContext ctx) {
        Throwable failure = ctx.failure();
        int status = failure instanceof HttpException http ? http.getStatusCode() : ctx.statusCode();
        if (failure != null && !(failure instanceof HttpException)) {
            return failure instanceof KnitException || status < 400 || status >= 500 ? failure : malformed();
        }
        return switch (status) {
            case 404 -> new KnitException(ErrorCode.NOT_FOUND, "there is nothing at this path");
            case 413 ->
                new KnitException(
                        ErrorCode.TOO_LARGE,
                        "the body is larger than 1 MiB; send a smaller one, and large files in the image");
            case 415 ->
                new KnitException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the Content-Type is not one that is read here");
            default ->
                status >= 400 && status < 500
                        ? malformed()
                        : new IllegalStateException("failed with status " + status, failure);
        };
    }

    private static KnitException malformed() {
        return new KnitException(
                ErrorCode.INVALID_VALUE, "the request is malformed; check its path, headers and encoding");
    }

    /**
     * Vert.x lets two servers of one Vert.x share a port without a word, so that each gets half of the requests. Trying the port
     * first finds those, too.
     */
    private static boolean requireFree(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new KnitException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "the name " + host + " leads to no address; give an IP address of this machine");
            }
            probe.bind(address);
            return true;
        }
    }

    private static Throwable explain(Throwable failure, String host, int port) {
        if (failure instanceof KnitException) {
            return failure;
        }
        String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        String words = String.valueOf(failure.getMessage());
        if (failure instanceof BindException && words.contains("in use")) {
            return new KnitException(
                    ErrorCode.IN_USE,
                    "the HTTP address " + address
                            + " is in use; stop what listens there, or choose another with --http-addr",
                    failure);
        }
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                "can't listen on the HTTP address " + address + " (" + words
                        + "); choose an address of this machine and a port you may use with --http-addr",
                failure);
    }
}
