package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.dashboard.Dashboard;
import io.knit.core.server.dashboard.DashboardRoutes;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.http.access.Exposure;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.access.Listening;
import io.knit.core.server.http.access.TokenRoutes;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.answer.EventStreams;
import io.knit.core.server.http.answer.Failures;
import io.knit.core.server.http.answer.Headers;
import io.knit.core.server.http.compose.ComposeRoute;
import io.knit.core.server.http.connection.ClientRates;
import io.knit.core.server.http.connection.Connections;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.http.connection.Unread;
import io.knit.core.server.http.contract.DocsPage;
import io.knit.core.server.http.contract.OpenApi;
import io.knit.core.server.http.inside.FileRoutes;
import io.knit.core.server.http.inside.ImageLists;
import io.knit.core.server.http.inside.ImageRoutes;
import io.knit.core.server.http.inside.ShellSockets;
import io.knit.core.server.http.inside.UsageRoutes;
import io.knit.core.server.http.logs.LogAnswers;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.FormCheck;
import io.knit.core.server.http.request.HostGuard;
import io.knit.core.server.http.request.QueryCheck;
import io.knit.core.server.http.request.RequestId;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.http.request.Version;
import io.knit.core.server.http.settle.Settling;
import io.knit.core.server.http.tls.ServerTls;
import io.knit.core.server.http.tls.TlsFiles;
import io.knit.core.server.http.upload.Upload;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.image.NodeImages;
import io.knit.core.server.image.Pushed;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.meter.Meters;
import io.knit.core.server.stack.StackReader;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The REST API and the dashboard on one port, and on one event loop, which is never that of who decides: what is read is answered from
 * snapshots meanwhile. Thread-safe.
 */
public final class HttpApi {
    private final Vertx vertx;
    private final HttpLimits limits;
    private final EventStreams events;
    private final LogAnswers logs;
    private final ShellSockets shells;
    private final FileRoutes files;
    private final ImageRoutes pushes;
    private final Inside inside;
    private final Failures failures;
    private final BodyReader bodies;
    private final Unread unread;
    private final Answers answers;
    private final Connections connections;
    private final ClientRates rates;
    private final RequestId requests = new RequestId(new RandomIds().next(8));
    private final Settling settling;
    private final @Nullable ServerTls tls;
    private final HttpServer server;
    private final Context context;
    private final Listening listening;

    private HttpApi(
            Vertx vertx,
            Context context,
            Listening listening,
            @Nullable ServerTls tls,
            Orchestrator asked,
            List<Measured> components,
            Inside inside,
            ImagePushes images,
            HttpLimits limits,
            ClientRates rates,
            Meters meters) {
        this.vertx = vertx;
        this.context = context;
        this.listening = listening;
        Orchestrator orchestrator = new Here(asked, context);
        this.limits = limits;
        this.unread = new Unread(limits.unreadBytes());
        this.answers = new Answers(unread);
        this.failures = new Failures(vertx, answers);
        this.events = new EventStreams(vertx, context, orchestrator, answers);
        this.bodies = new BodyReader(vertx, limits);
        this.connections = new Connections(vertx, limits, unread);
        this.rates = rates;
        this.inside = inside;
        this.logs = new LogAnswers(vertx, context, inside, answers, connections::waits);
        this.files = new FileRoutes(vertx, context, orchestrator, inside, answers, connections::waits);
        this.pushes = new ImageRoutes(vertx, context, images, answers, connections::waits);
        List<Measured> measured = new ArrayList<>(components);
        measured.add(this::figures);
        this.settling = new Settling(vertx, context, orchestrator, connections::waits);
        Metrics metrics = new Metrics(orchestrator, measured, answers, meters);
        this.shells =
                new ShellSockets(vertx, context, inside, connections::waits, limits.ping(), metrics::becameWebSocket);
        Router router = router(listening, orchestrator, metrics);
        this.tls = tls;
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(HttpLimits.LONGEST_LINE)
                // its handler remembers each request, and breaks a connection with 128 of them under way
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setIdleTimeout(HttpLimits.IDLE_SECONDS);
        this.server = vertx.createHttpServer(tls == null ? options : tls.in(options))
                .connectionHandler(connections::opened)
                .exceptionHandler(failures::connection)
                .invalidRequestHandler(request -> {
                    connections.turnOf(request);
                    requests.put(request);
                    failures.invalid(request);
                })
                .requestHandler(request -> {
                    connections.turnOf(request);
                    requests.put(request);
                    KnitException refusal = Failures.path(request);
                    if (refusal == null) {
                        router.handle(request);
                    } else {
                        failures.answer(request, refusal);
                    }
                });
    }

    /**
     * Listens.
     *
     * @param host a name or address of this machine; {@code 0.0.0.0} or {@code ::} for all
     * @param port 0–65535; 0 for a free one
     * @return fails with {@code IN_USE}, {@code ADDRESS_UNAVAILABLE} or {@code INVALID_CONFIGURATION}
     */
    public static Future<HttpApi> start(Vertx vertx, String host, int port, Orchestrator orchestrator) {
        return make(
                        vertx,
                        new Listening(host, port),
                        orchestrator,
                        List.of(),
                        Inside.NONE,
                        new ImagePushes(
                                new VertxLoop(vertx), Inside.NONE, List::of, Path.of("images"), new RandomIds()),
                        new ClientRates(ClientRates.USUAL),
                        new Meters())
                .compose(HttpApi::listen);
    }

    /**
     * Makes one that does not listen yet, on a thread of its own. It is to be closed all the same.
     *
     * @param components whose figures are shown at {@code /metrics} with the server's
     * @param inside what can be seen of instances
     * @param images that are pushed to nodes
     * @param rates how often each client may ask
     * @param meters shown there, too
     */
    public static Future<HttpApi> make(
            Vertx vertx,
            Listening listening,
            Orchestrator orchestrator,
            List<Measured> components,
            Inside inside,
            ImagePushes images,
            ClientRates rates,
            Meters meters) {
        return make(
                vertx,
                listening,
                orchestrator,
                components,
                inside,
                images,
                HttpLimits.forHeap(Runtime.getRuntime().maxMemory()),
                rates,
                meters);
    }

    static Future<HttpApi> make(
            Vertx vertx,
            Listening listening,
            Orchestrator orchestrator,
            List<Measured> components,
            Inside inside,
            ImagePushes images,
            HttpLimits limits,
            ClientRates rates,
            Meters meters) {
        TlsFiles files = listening.tls();
        Context own = ((VertxInternal) vertx).createEventLoopContext();
        Promise<HttpApi> made = Promise.promise();
        vertx.executeBlocking(
                        () -> {
                            requireFree(listening.host(), listening.port());
                            return files == null
                                    ? Optional.<ServerTls>empty()
                                    : Optional.of(ServerTls.read(vertx, files));
                        },
                        false)
                .onFailure(failure -> made.fail(explain(failure, listening.host(), listening.port())))
                // also what is no exception fails it: a class that an embedder's libraries have in another version, for
                // instance
                .onSuccess(read -> own.runOnContext(now -> Future.succeededFuture(read)
                        .map(tls -> new HttpApi(
                                vertx,
                                own,
                                listening,
                                tls.orElse(null),
                                orchestrator,
                                components,
                                inside,
                                images,
                                limits,
                                rates,
                                meters))
                        .onComplete(made)));
        return made.future();
    }

    /** On its own context, which is then that of all requests. Once only. */
    public Future<HttpApi> listen() {
        String host = listening.host();
        int port = listening.port();
        Promise<HttpServer> bound = Promise.promise();
        context.runOnContext(now -> server.listen(port, host).onComplete(bound));
        return bound.future()
                .map(listens -> {
                    if (tls != null) {
                        tls.watch(listens);
                    }
                    return this;
                })
                .recover(failure -> Future.failedFuture(explain(failure, host, port)));
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Ends the event streams, gives what is under way a while to end, and stops listening. May be called more than once.
     */
    public Future<Void> close() {
        Promise<Void> ended = Promise.promise();
        context.runOnContext(now -> {
            events.close();
            logs.close();
            shells.close();
            files.close();
            pushes.close();
            settling.close();
            connections.leave();
            if (tls != null) {
                tls.close();
            }
            ended.complete();
        });
        return ended.future().compose(done -> server.shutdown(limits.farewell().toMillis(), TimeUnit.MILLISECONDS));
    }

    private Router router(Listening listening, Orchestrator orchestrator, Metrics metrics) {
        Router router = Router.router(vertx);
        metrics.count(router);
        router.route().handler(this::begin);
        router.route().handler(new HostGuard(listening.host(), listening.knowsItsVisitors())::check);
        Gate gate = new Gate(orchestrator, listening, new RandomIds(), HttpApi::elapsed);
        gate.mount(
                router,
                Router.router(vertx),
                Stream.of(Routes.PATHS, DashboardRoutes.PATHS, DocsPage.PATHS)
                        .flatMap(all -> all.keySet().stream())
                        .toList());
        Router intake = Router.router(vertx);
        Map<String, String> taking =
                Map.of(FileRoutes.PATH, "PUT", FileRoutes.SNAPSHOT, "PUT", ImageRoutes.PATH, "POST");
        Terms.mount(intake, taking, Set.of());
        QueryCheck.mount(
                intake,
                taking,
                Map.of(
                        FileRoutes.PATH, FileRoutes.PARAMETERS,
                        FileRoutes.SNAPSHOT, FileRoutes.OF_SNAPSHOT,
                        ImageRoutes.PATH, ImageRoutes.PARAMETERS));
        files.mountIntake(intake);
        pushes.mountIntake(intake);
        router.put(Version.PREFIX + "/*").subRouter(intake);
        router.put("/*").subRouter(intake);
        router.post(Version.PREFIX + "/*").subRouter(intake);
        router.post("/*").subRouter(intake);
        Map<String, String> uploads =
                DashboardRoutes.UPLOADS.stream().collect(Collectors.toMap(path -> path, path -> "POST"));
        QueryCheck.mount(router, uploads, DashboardRoutes.PARAMETERS);
        Upload.mount(router, DashboardRoutes.UPLOADS, limits.patience());
        router.route().handler(ctx -> {
            if (Upload.of(ctx) == null) {
                bodies.read(ctx);
            } else {
                ctx.next();
            }
        });
        Router api = Router.router(vertx);
        QueryCheck.mount(api, Routes.PATHS, Routes.PARAMETERS);
        Terms.mount(api, Routes.PATHS, Routes.WITH_REVISION);
        Routes.refuseBodiesOfRemovals(api);
        new Routes(orchestrator, events, logs, metrics, answers, settling).mount(api);
        shells.mount(api);
        files.mount(api);
        new UsageRoutes(orchestrator, context, inside, answers).mount(api);
        NodeImages nodeImages =
                new NodeImages(inside, () -> orchestrator.snapshot().nodes());
        new ImageLists(context, nodeImages, answers, connections::waits).mount(api);
        new TokenRoutes(orchestrator, answers, new RandomIds(), Instant::now, Changes::jsonOf).mount(api);
        new BackupRoute(orchestrator, vertx, answers, connections::waits).mount(api);
        StackReader stacks = new StackReader(vertx);
        new ComposeRoute(orchestrator, stacks, settling::untilItRuns, answers).mount(api);
        new WebhookRoutes(orchestrator, answers, new RandomIds()).mount(api);
        new ValueRoutes(orchestrator, answers).mount(api);
        new VolumeRoutes(orchestrator, answers).mount(api);
        Routes.PATHS.forEach((path, methods) -> Routes.only(api, path, methods));
        router.route(Version.PREFIX + "/*").subRouter(api);
        router.route("/*").subRouter(api);
        QueryCheck.mount(router, DashboardRoutes.PATHS, DashboardRoutes.PARAMETERS);
        QueryCheck.mount(router, DocsPage.PATHS, Map.of());
        DocsPage docs = new DocsPage(() -> OpenApi.document(Routes.PATHS));
        Routes.read(
                router, "/docs", ctx -> answers.show(ctx, "", "text/html; charset=utf-8", Buffer.buffer(docs.html())));
        DocsPage.PATHS.forEach((path, methods) -> Routes.only(router, path, methods));
        FormCheck.mount(router, DashboardRoutes.FORMS, DashboardRoutes.LISTS);
        Frame.FailurePage shown = Dashboard.mount(
                router, orchestrator, new RandomIds(), answers::send, gate, nodeImages, stacks, streams());
        DashboardRoutes.PATHS.forEach((path, methods) -> Routes.only(router, path, methods));
        router.route().handler(HttpApi::nothingHere);
        router.route().failureHandler(ctx -> failures.answer(ctx, shown));
        return router;
    }

    private Dashboard.Streams streams() {
        return new Dashboard.Streams() {
            @Override
            public void snapshot(RoutingContext ctx, Consumer<HttpServerResponse> comes) {
                files.snapshot(ctx, comes);
            }

            @Override
            public void restore(RoutingContext ctx, Consumer<HttpServerResponse> taken) {
                files.restore(ctx, Upload.in(ctx), taken);
            }

            @Override
            public void push(RoutingContext ctx, String image, List<String> nodes, Consumer<Pushed> answer) {
                pushes.push(ctx, Upload.in(ctx), image, nodes, answer);
            }
        };
    }

    private static Duration elapsed() {
        return Duration.ofNanos(System.nanoTime());
    }

    private void begin(RoutingContext ctx) {
        Headers.put(ctx.response());
        KnitException refusal = connections.begins(ctx.request());
        ctx.addHeadersEndHandler(head -> connections.answers(ctx.request()));
        ctx.addEndHandler(ended -> connections.ended(ctx.request()));
        if (refusal != null) {
            throw refusal;
        }
        int seconds = rates.take(ctx.request().remoteAddress(), System.nanoTime());
        if (seconds > 0) {
            ctx.response().putHeader(Failures.RETRY_AFTER, Integer.toString(seconds));
            throw new KnitException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "this client asks more often than " + rates.perSecond()
                            + " times a second, which is all that one may; wait, and ask again");
        }
        ctx.next();
    }

    private static void nothingHere(RoutingContext ctx) {
        ctx.fail(new KnitException(
                ErrorCode.NOT_FOUND,
                "there is nothing at this path; see /deployments, /nodes, /events and /dashboard"));
    }

    private List<Figure> figures() {
        return List.of(
                Figure.gauge("knit_http_connections", "Open HTTP connections", connections.count()),
                Figure.gauge("knit_http_body_bytes", "Bytes of request bodies under way", bodies.held()),
                Figure.gauge(
                        "knit_http_unread_bytes",
                        "Bytes kept for connections that have not taken them yet",
                        unread.bytes()),
                Figure.counter(
                        "knit_http_client_faults_total",
                        "Requests and connections that broke off, came or read too slowly, or were not HTTP",
                        failures.clientFaults() + unread.cutOff()));
    }

    /**
     * Vert.x lets two servers of one Vert.x share a port without a word, so that each gets half of the requests. Trying the port
     * first finds those, too.
     */
    private static void requireFree(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw Exposure.leadsNowhere(host);
            }
            probe.bind(address);
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
        if (failure instanceof BindException && words.contains("requested address")) {
            // a mesh's comes up when it likes
            return new KnitException(
                    ErrorCode.ADDRESS_UNAVAILABLE,
                    "the HTTP address " + address
                            + " is no address of this machine, or not yet; give one that `ip addr` lists with --http-addr, or have it come up",
                    failure);
        }
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                "can't listen on the HTTP address " + address + " (" + words
                        + "); choose an address of this machine and a port you may use with --http-addr",
                failure);
    }
}
