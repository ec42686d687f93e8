package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.KnitVersion;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.Explanation;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Node;
import io.knit.core.loop.RandomIds;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.command.Sight;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.answer.EntityTag;
import io.knit.core.server.http.answer.EventStreams;
import io.knit.core.server.http.answer.ListAnswer;
import io.knit.core.server.http.compose.ComposeRoute;
import io.knit.core.server.http.contract.OpenApi;
import io.knit.core.server.http.contract.OpenApiText;
import io.knit.core.server.http.inside.FileRoutes;
import io.knit.core.server.http.inside.ImageLists;
import io.knit.core.server.http.inside.ImageRoutes;
import io.knit.core.server.http.inside.ShellSockets;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.ExplanationJson;
import io.knit.core.server.http.json.HistoryJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.NodeJson;
import io.knit.core.server.http.json.OperationReader;
import io.knit.core.server.http.json.PastJson;
import io.knit.core.server.http.json.RenderingJson;
import io.knit.core.server.http.logs.LogAnswers;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.ListPage;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.http.request.Times;
import io.knit.core.server.http.settle.Settling;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes of the REST API; {@code docs/api.md} describes them. */
final class Routes {
    /** What may be done where, for who answers everything else. */
    static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("/ping", "GET, HEAD"),
            Map.entry("/healthz", "GET, HEAD"),
            Map.entry("/readyz", "GET, HEAD"),
            Map.entry("/metrics", "GET, HEAD"),
            Map.entry("/openapi.json", "GET, HEAD"),
            Map.entry("/nodes", "GET, HEAD"),
            Map.entry("/nodes/:id", "GET, HEAD, DELETE, PATCH"),
            Map.entry("/nodes/:id/drain", "POST"),
            Map.entry("/nodes/:id/pause", "POST"),
            Map.entry("/nodes/:id/activate", "POST"),
            Map.entry("/simulate", "POST"),
            Map.entry("/render", "POST"),
            Map.entry("/compose", "POST"),
            Map.entry("/incident", "GET, HEAD"),
            Map.entry("/rebalance", "POST"),
            Map.entry("/tokens", "GET, HEAD, POST"),
            Map.entry("/tokens/:name", "DELETE"),
            Map.entry("/backup", "GET"),
            Map.entry("/webhooks", "GET, HEAD, POST"),
            Map.entry("/webhooks/:name", "DELETE"),
            Map.entry("/webhooks/:name/test", "POST"),
            Map.entry("/vars", "GET, HEAD"),
            Map.entry("/vars/:name", "GET, HEAD, PUT, DELETE"),
            Map.entry("/secrets", "GET, HEAD"),
            Map.entry("/secrets/:name", "GET, HEAD, PUT, DELETE"),
            Map.entry("/files", "GET, HEAD"),
            Map.entry("/files/:name", "GET, HEAD, PUT, DELETE"),
            Map.entry("/registries", "GET, HEAD"),
            Map.entry("/registries/:host", "GET, HEAD, PUT, DELETE"),
            Map.entry("/keys/rotate", "POST"),
            Map.entry(ImageRoutes.PATH, "POST"),
            Map.entry(ImageLists.PATH, "GET, DELETE"),
            Map.entry(VolumeRoutes.ALL, "GET, HEAD"),
            Map.entry(VolumeRoutes.ONE, "GET, HEAD, DELETE"),
            Map.entry("/events", "GET"),
            Map.entry("/history", "GET, HEAD"),
            Map.entry("/deployments", "GET, HEAD, POST"),
            Map.entry("/deployments/:name", "GET, HEAD, DELETE"),
            Map.entry("/deployments/:name/revisions", "GET, HEAD"),
            Map.entry("/deployments/:name/revisions/:number", "GET, HEAD"),
            Map.entry("/deployments/:name/diff", "GET, HEAD"),
            Map.entry("/deployments/:name/explain", "GET, HEAD"),
            Map.entry("/instances/:id/explain", "GET, HEAD"),
            Map.entry("/instances/:id/logs", "GET"),
            Map.entry("/deployments/:name/logs", "GET"),
            Map.entry("/instances/:id/exec", "GET"),
            Map.entry("/instances/:id/attach", "GET"),
            Map.entry(FileRoutes.PATH, "GET, PUT"),
            Map.entry(FileRoutes.SNAPSHOT, "GET, PUT"),
            Map.entry("/instances/:id/stats", "GET"),
            Map.entry("/deployments/:name/stats", "GET"),
            Map.entry("/nodes/:id/stats", "GET"),
            Map.entry("/deployments/:name/rollback", "POST"),
            Map.entry("/deployments/:name/scale", "POST"),
            Map.entry("/deployments/:name/restart", "POST"),
            Map.entry("/deployments/:name/pause", "POST"),
            Map.entry("/deployments/:name/resume", "POST"),
            Map.entry("/deployments/:name/promote", "POST"),
            Map.entry(VolumeRoutes.MOVE, "POST, DELETE"));

    /** The query parameters of those that have any. */
    static final Map<String, Set<String>> PARAMETERS = Map.ofEntries(
            Map.entry("/nodes", ListPage.PARAMETERS),
            Map.entry("/vars", ListPage.PARAMETERS),
            Map.entry("/secrets", ListPage.PARAMETERS),
            Map.entry("/files", ListPage.PARAMETERS),
            Map.entry("/registries", ListPage.PARAMETERS),
            Map.entry("GET /deployments", ListPage.PARAMETERS),
            Map.entry("HEAD /deployments", ListPage.PARAMETERS),
            Map.entry("/events", EventStreams.PARAMETERS),
            Map.entry("/instances/:id/logs", LogAnswers.PARAMETERS),
            Map.entry("/deployments/:name/logs", LogAnswers.PARAMETERS),
            Map.entry("/instances/:id/exec", ShellSockets.EXEC),
            Map.entry("/instances/:id/attach", ShellSockets.ATTACH),
            Map.entry(FileRoutes.PATH, FileRoutes.PARAMETERS),
            Map.entry(FileRoutes.SNAPSHOT, FileRoutes.OF_SNAPSHOT),
            Map.entry("/history", HistoryJson.PARAMETERS),
            Map.entry("GET /deployments/:name", PastJson.PARAMETERS),
            Map.entry("HEAD /deployments/:name", PastJson.PARAMETERS),
            Map.entry("/deployments/:name/diff", Revisions.PARAMETERS),
            Map.entry("POST /deployments", Terms.PARAMETERS),
            Map.entry("/compose", ComposeRoute.PARAMETERS),
            Map.entry("/render", RenderingJson.PARAMETERS),
            Map.entry("DELETE /deployments/:name", Terms.OF_END),
            Map.entry(ImageRoutes.PATH, ImageRoutes.PARAMETERS),
            Map.entry("GET " + ImageLists.PATH, ImageLists.LISTED),
            Map.entry("DELETE " + ImageLists.PATH, ImageLists.REMOVED),
            Map.entry(VolumeRoutes.ALL, VolumeRoutes.LISTED),
            Map.entry(VolumeRoutes.ONE, VolumeRoutes.MEANT),
            Map.entry("DELETE " + VolumeRoutes.MOVE, VolumeRoutes.OF_CANCEL),
            Map.entry("/deployments/:name/rollback", Terms.PARAMETERS),
            Map.entry("/deployments/:name/scale", Terms.PARAMETERS),
            Map.entry("/deployments/:name/restart", Terms.PARAMETERS),
            Map.entry("/deployments/:name/resume", Terms.PARAMETERS),
            Map.entry("/deployments/:name/promote", Terms.PARAMETERS),
            Map.entry("/deployments/:name/pause", Terms.PARAMETERS),
            Map.entry("DELETE /nodes/:id", Terms.AT_ONCE),
            Map.entry("PATCH /nodes/:id", Terms.PARAMETERS),
            Map.entry("/nodes/:id/drain", Terms.PARAMETERS),
            Map.entry("/rebalance", Terms.PARAMETERS),
            Map.entry("/nodes/:id/pause", Terms.AT_ONCE),
            Map.entry("/nodes/:id/activate", Terms.PARAMETERS));

    /** What may be changed on the terms of a revision. */
    static final Set<String> WITH_REVISION = Set.of(
            "POST /deployments",
            "DELETE /deployments/:name",
            "POST /deployments/:name/rollback",
            "POST /deployments/:name/scale",
            "POST /deployments/:name/restart",
            "POST /deployments/:name/pause",
            "POST /deployments/:name/resume",
            "POST /deployments/:name/promote");

    private final Orchestrator orchestrator;
    private final EventStreams events;
    private final LogAnswers logs;
    private final Metrics metrics;
    private final Answers answers;
    private final Changes changes;
    /** Tells this run of the server from others, whose revisions may have been others. */
    private final String run = new RandomIds().next(8);

    private final EntityTag.Edition edition = new EntityTag.Edition();
    private final OpenApiText openApi = new OpenApiText(() -> Json.bytes(OpenApi.document(PATHS)));

    Routes(
            Orchestrator orchestrator,
            EventStreams events,
            LogAnswers logs,
            Metrics metrics,
            Answers answers,
            Settling settling) {
        this.orchestrator = orchestrator;
        this.events = events;
        this.logs = logs;
        this.metrics = metrics;
        this.answers = answers;
        this.changes = new Changes(orchestrator, settling, answers);
    }

    void mount(Router router) {
        read(router, "/ping", ctx -> send(ctx, 200, Json.object().put("message", "pong")));
        read(router, "/healthz", ctx -> send(ctx, 200, Json.object().put("status", "alive")));
        read(router, "/readyz", this::ready);
        read(router, "/metrics", metrics::show);
        read(router, "/openapi.json", ctx -> answers.show(ctx, "", "application/json", openApi.json()));
        read(router, "/deployments", this::list);
        read(router, "/deployments/:name", this::show);
        read(router, "/nodes", this::nodes);
        read(router, "/nodes/:id", this::node);
        read(router, "/history", this::history);
        read(router, "/incident", this::incident);
        read(router, "/deployments/:name/explain", ctx -> explain(ctx, orchestrator.explain(ctx.pathParam("name"))));
        read(router, "/instances/:id/explain", this::explainInstance);
        new Revisions(orchestrator, answers).mount(router);
        changes.mount(router);
        router.get("/instances/:id/logs").handler(this::instanceLogs);
        router.get("/deployments/:name/logs").handler(ctx -> logs.ofDeployment(ctx, Gate.standing(ctx)));
        router.get("/events").handler(ctx -> {
            Caller caller = Gate.caller(ctx);
            events.open(ctx, event -> Sight.shows(event, caller), Gate.standing(ctx));
        });
    }

    /** What is removed is named by its path and the query: a body that says more, such as that it is only asked what would go, is not passed over. */
    static void refuseBodiesOfRemovals(Router router) {
        PATHS.forEach((path, methods) -> {
            if (Set.of(methods.split(", ")).contains("DELETE")) {
                router.delete(path).handler(ctx -> {
                    OperationReader.nothing(BodyReader.of(ctx));
                    ctx.next();
                });
            }
        });
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

    private void show(RoutingContext ctx, String revision, JsonNode body) {
        answers.show(ctx, revision, "application/json", Buffer.buffer(Json.bytes(body)));
    }

    static void read(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler::accept);
    }

    private void ready(RoutingContext ctx) {
        boolean ready = orchestrator.ready();
        send(ctx, ready ? 200 : 503, Json.object().put("status", ready ? "ready" : "not ready"));
    }

    private void list(RoutingContext ctx) {
        ListPage page = ListPage.of(ctx.request());
        Caller caller = Gate.caller(ctx);
        ClusterSnapshot all = orchestrator.snapshot();
        long shown = edition.of(all.deployments());
        ClusterSnapshot cluster = Sight.of(all, caller);
        ListPage.Cut<DeploymentView> cut = page.of(cluster.deployments(), DeploymentView::name);
        cut.link(ctx.request());
        String sight = caller.isForAll() ? "" : "-" + EntityTag.of(caller.name().getBytes(StandardCharsets.UTF_8));
        if (!EntityTag.settles(ctx.request(), run + "-" + cluster.revision() + "-" + shown + sight)) {
            list(
                    ctx,
                    "deployments",
                    cluster,
                    page,
                    cut.next(),
                    cut.elements().stream().map(DeploymentJson::of));
        }
    }

    /** What its witnesses say changes with each heartbeat: a tag would hold for nobody. */
    private void nodes(RoutingContext ctx) {
        ListPage page = ListPage.of(ctx.request());
        ClusterSnapshot cluster = orchestrator.snapshot();
        ListPage.Cut<NodeJson.Row> cut = page.of(NodeJson.rows(cluster), NodeJson.Row::key);
        cut.link(ctx.request());
        // by which who joins a host knows whether that belongs to another one, and what would be newer than its server
        ObjectNode behind = Json.object().put("cluster", cluster.cluster()).put("version", KnitVersion.current());
        if (!page.isWhole()) {
            behind.put("next", cut.next());
        }
        ListAnswer.send(
                answers,
                ctx,
                "nodes",
                kept(cluster),
                NodeJson.of(cluster, cut.elements(), orchestrator::liveness).iterator(),
                behind);
    }

    private void list(
            RoutingContext ctx,
            String name,
            ClusterSnapshot cluster,
            ListPage page,
            @Nullable String next,
            Stream<ObjectNode> elements) {
        if (page.isWhole()) {
            ListAnswer.send(answers, ctx, name, kept(cluster), elements.iterator());
        } else {
            ListAnswer.page(answers, ctx, name, kept(cluster), elements.iterator(), next);
        }
    }

    private void node(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        Node node = orchestrator
                .node(id)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND, "there is no node " + Pointers.quoted(id) + "; GET /nodes lists all"));
        show(ctx, "", NodeJson.of(node, NodeJson.load(orchestrator.snapshot(), id), orchestrator.liveness(id)));
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
        String at = ctx.request().getParam("at");
        if (at != null) {
            orchestrator
                    .deploymentAt(name, Times.of("at", at))
                    .onFailure(ctx::fail)
                    .onSuccess(past -> show(ctx, "", PastJson.of(past)));
            return;
        }
        DeploymentView view = orchestrator
                .deployment(name)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment " + Pointers.quoted(name) + "; GET /deployments lists all"));
        show(ctx, view.deployment().revision() + "-", DeploymentJson.of(view));
    }

    private void history(RoutingContext ctx) {
        HistoryQuery query = ListPage.ofHistory(ctx.request());
        String of = query.deployment();
        // of all deployments there are pages, which are not told apart by whose they are
        Policy.check(
                of == null ? Right.SEE_ALL : Right.SEE_ONE,
                Gate.caller(ctx),
                of,
                of == null ? "read the history of all deployments (one's: ?deployment=)" : "read the history of " + of);
        orchestrator.history(query).onFailure(ctx::fail).onSuccess(entries -> {
            ObjectNode page = HistoryJson.page(query, entries);
            if (page.hasNonNull("next")) {
                ListPage.link(ctx.request(), page.get("next").asText());
            }
            show(ctx, "", page);
        });
    }

    /** Lines of JSON; a file's name is proposed to browsers. */
    private void incident(RoutingContext ctx) {
        orchestrator.incident(Gate.caller(ctx)).onFailure(ctx::fail).onSuccess(text -> {
            ctx.response().putHeader("Content-Disposition", "attachment; filename=\"knit-incident.ndjson\"");
            answers.send(ctx, 200, "application/x-ndjson", Buffer.buffer(text));
        });
    }

    private void explainInstance(RoutingContext ctx) {
        Caller caller = Gate.caller(ctx);
        explain(ctx, orchestrator.explainInstance(ctx.pathParam("id")).map(answer -> {
            Policy.check(Right.SEE_ONE, caller, answer.deployment().name(), "see this instance");
            return answer;
        }));
    }

    private void instanceLogs(RoutingContext ctx) {
        Caller caller = Gate.caller(ctx);
        String of = logs.deploymentOf(ctx.pathParam("id")).orElse(null);
        // whose it was is not known any more of one that is gone
        Policy.check(of == null ? Right.SEE_ALL : Right.SEE_ONE, caller, of, "read what this instance wrote");
        logs.ofInstance(ctx, Gate.standing(ctx));
    }

    private void explain(RoutingContext ctx, Future<Explanation> explained) {
        explained.onFailure(ctx::fail).onSuccess(answer -> show(ctx, "", ExplanationJson.of(answer)));
    }
}
