package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.answer.EventStreams;
import io.knit.core.server.http.answer.ListAnswer;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.HistoryJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.NodeJson;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.server.http.request.BodyReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The routes of the REST API; {@code docs/api.md} describes them. */
final class Routes {
    /** What may be done where, for who answers everything else. */
    static final Map<String, String> PATHS = Map.of(
            "/ping", "GET, HEAD",
            "/healthz", "GET, HEAD",
            "/readyz", "GET, HEAD",
            "/metrics", "GET, HEAD",
            "/nodes", "GET, HEAD",
            "/nodes/:id", "DELETE",
            "/events", "GET",
            "/history", "GET, HEAD",
            "/deployments", "GET, HEAD, POST",
            "/deployments/:name", "GET, HEAD, DELETE");

    /** The query parameters of those that have any. */
    static final Map<String, Set<String>> PARAMETERS =
            Map.of("/events", Set.of("after"), "/history", HistoryJson.PARAMETERS);

    private final Orchestrator orchestrator;
    private final EventStreams events;
    private final Metrics metrics;
    private final Answers answers;

    Routes(Orchestrator orchestrator, EventStreams events, Metrics metrics, Answers answers) {
        this.orchestrator = orchestrator;
        this.events = events;
        this.metrics = metrics;
        this.answers = answers;
    }

    void mount(Router router) {
        read(router, "/ping", ctx -> send(ctx, 200, Json.object().put("message", "pong")));
        read(router, "/healthz", ctx -> send(ctx, 200, Json.object().put("status", "alive")));
        read(router, "/readyz", this::ready);
        read(router, "/metrics", metrics::show);
        read(router, "/deployments", this::list);
        read(router, "/deployments/:name", this::show);
        read(router, "/nodes", this::nodes);
        read(router, "/history", this::history);
        router.post("/deployments").handler(this::deploy);
        router.delete("/deployments/:name").handler(this::undeploy);
        router.delete("/nodes/:id").handler(this::forget);
        router.get("/events").handler(events::open);
    }

    /** Any other method on this path is answered with those that are allowed. */
    static void only(Router router, String path, String methods) {
        router.route(path).handler(ctx -> {
            ctx.response().putHeader("Allow", methods);
            ctx.fail(new KnitException(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    ctx.request().method() + " is not possible here; use " + methods.replace(", ", " or ")));
        });
    }

    private void send(RoutingContext ctx, int status, JsonNode body) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(body)));
    }

    private static void read(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler::accept);
    }

    private void ready(RoutingContext ctx) {
        boolean ready = orchestrator.ready();
        send(ctx, ready ? 200 : 503, Json.object().put("status", ready ? "ready" : "not ready"));
    }

    private void list(RoutingContext ctx) {
        ClusterSnapshot cluster = orchestrator.snapshot();
        ListAnswer.send(
                answers,
                ctx,
                "deployments",
                kept(cluster),
                cluster.deployments().stream().map(DeploymentJson::of).iterator());
    }

    private void nodes(RoutingContext ctx) {
        ClusterSnapshot cluster = orchestrator.snapshot();
        ListAnswer.send(
                answers, ctx, "nodes", kept(cluster), NodeJson.of(cluster).iterator());
    }

    /** What a snapshot has of its own, in round figures: its lists, not what they hold. */
    private static long kept(ClusterSnapshot cluster) {
        int instances = cluster.deployments().stream()
                .mapToInt(view -> view.instances().size())
                .sum();
        return 128L * cluster.deployments().size()
                + 8L * instances
                + 64L * (cluster.nodes().size() + cluster.discovered().size());
    }

    private void show(RoutingContext ctx) {
        String name = ctx.pathParam("name");
        DeploymentView view = orchestrator
                .deployment(name)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment " + Pointers.quoted(name) + "; GET /deployments lists all"));
        send(ctx, 200, DeploymentJson.of(view));
    }

    private void history(RoutingContext ctx) {
        HistoryQuery query = HistoryJson.query(ctx.request());
        orchestrator
                .history(query)
                .onFailure(ctx::fail)
                .onSuccess(entries -> send(ctx, 200, HistoryJson.page(query, entries)));
    }

    private void deploy(RoutingContext ctx) {
        requireJson(ctx);
        orchestrator
                .run(new Command.Deploy(SpecReader.read(BodyReader.of(ctx))), caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(view -> {
                    ctx.response().putHeader("Location", "/deployments/" + view.name());
                    send(ctx, 202, DeploymentJson.of(view));
                });
    }

    private void undeploy(RoutingContext ctx) {
        orchestrator
                .run(new Command.Undeploy(ctx.pathParam("name")), caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(view -> send(ctx, 202, DeploymentJson.of(view)));
    }

    private void forget(RoutingContext ctx) {
        orchestrator
                .run(new Command.ForgetNode(ctx.pathParam("id")), caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(node -> send(ctx, 200, NodeJson.of(node, 0)));
    }

    /** Nobody has to say yet who he is. */
    private static Caller caller(RoutingContext ctx) {
        return Caller.anonymous(ctx.request().remoteAddress().hostAddress());
    }

    /** Also what keeps forms of other sites out, which can't send this type. */
    private static void requireJson(RoutingContext ctx) {
        List<String> types = ctx.request().headers().getAll("Content-Type");
        if (types.size() > 1) {
            throw new KnitException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the Content-Type is given " + types.size() + " times; send one, application/json");
        }
        String type = types.isEmpty() ? null : types.get(0);
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json")) {
            throw new KnitException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the Content-Type is " + (media.isEmpty() ? "missing" : Pointers.quoted(media))
                            + "; send JSON with Content-Type: application/json");
        }
    }
}
