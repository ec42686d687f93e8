package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.FigureText;
import io.knit.api.spi.figure.Measured;
import io.knit.core.plugin.Foreign;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.inside.FileRoutes;
import io.knit.core.server.http.inside.ImageLists;
import io.knit.core.server.http.inside.ImageRoutes;
import io.knit.core.server.http.request.QueryCheck;
import io.knit.core.server.meter.Meters;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /metrics}: figures for Prometheus, summed up when it asks. Labels are words of Knit's own, never names that users
 * or strangers chose.
 */
final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);
    private static final int STATUS_CLASSES = 6;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /**
     * What lasts as long as its reader takes to read it, who sends it to send it, or nodes to look: how long says nothing of the server, and would hide how long all
     * else takes.
     */
    static final Set<String> LASTING = Set.of(
            "/events",
            "/instances/:id/logs",
            "/deployments/:name/logs",
            "/instances/:id/stats",
            "/deployments/:name/stats",
            "/nodes/:id/stats",
            "/backup",
            FileRoutes.PATH,
            FileRoutes.SNAPSHOT,
            ImageRoutes.PATH,
            ImageLists.PATH);

    private final Orchestrator orchestrator;
    private final List<Measured> components;
    private final Answers sender;
    private final Meters meters;
    private final LongAdder[] answers =
            IntStream.range(0, STATUS_CLASSES).mapToObj(i -> new LongAdder()).toArray(LongAdder[]::new);

    Metrics(Orchestrator orchestrator, List<Measured> components, Answers sender, Meters meters) {
        this.meters = meters;
        this.orchestrator = orchestrator;
        this.components = components;
        this.sender = sender;
    }

    /** Counts all requests from here on. */
    void count(Router router) {
        router.route().handler(ctx -> {
            long began = System.nanoTime();
            ctx.addEndHandler(ended -> {
                int hundreds = Math.min(ctx.response().getStatusCode() / 100, STATUS_CLASSES - 1);
                answers[hundreds].increment();
                String route = ctx.get(QueryCheck.ROUTE);
                String method = ctx.request().method().name();
                if (route == null || !LASTING.contains(route)) {
                    meters.answered(
                            route == null ? "other" : route,
                            METHODS.contains(method) ? method : "OTHER",
                            hundreds + "xx",
                            System.nanoTime() - began);
                }
            });
            ctx.next();
        });
    }

    /** A request that became a WebSocket: Vert.x tells of no end of it. */
    void becameWebSocket() {
        answers[1].increment();
    }

    void show(RoutingContext ctx) {
        sender.send(ctx, 200, FigureText.CONTENT_TYPE, Buffer.buffer(FigureText.of(figures()) + meters.text()));
    }

    private List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.gauge(
                "knit_ready", "1 if commands can be taken and agents be heard, else 0", orchestrator.ready() ? 1 : 0));
        cluster(orchestrator.snapshot(), figures);
        for (int hundreds = 1; hundreds < STATUS_CLASSES; hundreds++) {
            figures.add(Figure.counter(
                            "knit_http_requests_total",
                            "Requests that the API and the dashboard answered",
                            answers[hundreds].sum())
                    .with("status", hundreds + "xx"));
        }
        components.forEach(component -> figures.addAll(of(component)));
        return figures;
    }

    private static void cluster(ClusterSnapshot cluster, List<Figure> figures) {
        ToLongFunction<NodeState> nodes = counts(cluster.nodes(), Node::state);
        for (NodeState state : NodeState.values()) {
            figures.add(Figure.gauge("knit_nodes", "Nodes by state", nodes(cluster, state, nodes))
                    .with("state", state.wireName()));
        }
        ToLongFunction<DeploymentStatus> deployments = counts(cluster.deployments(), DeploymentView::status);
        for (DeploymentStatus status : DeploymentStatus.values()) {
            figures.add(Figure.gauge("knit_deployments", "Deployments by status", deployments.applyAsLong(status))
                    .with("status", status.wireName()));
        }
        List<Instance> all = cluster.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .toList();
        ToLongFunction<InstanceState> instances = counts(all, Instance::shown);
        for (InstanceState state : InstanceState.values()) {
            figures.add(Figure.gauge("knit_instances", "Instances by state", instances.applyAsLong(state))
                    .with("state", state.wireName()));
        }
        figures.add(Figure.counter(
                "knit_commits_total", "Commits of the cluster's state since it was founded", cluster.revision()));
        figures.add(Figure.counter("knit_events_total", "Events since the cluster was founded", cluster.lastEvent()));
    }

    /** Hosts that only the mesh knows are no nodes yet. */
    private static long nodes(ClusterSnapshot cluster, NodeState state, ToLongFunction<NodeState> known) {
        return known.applyAsLong(state)
                + (state == NodeState.DISCOVERED ? cluster.discovered().size() : 0);
    }

    private static <T, S> ToLongFunction<S> counts(List<T> all, Function<T, S> state) {
        Map<S, Long> counts = all.stream().collect(Collectors.groupingBy(state, Collectors.counting()));
        return one -> counts.getOrDefault(one, 0L);
    }

    private static List<Figure> of(Measured component) {
        return Foreign.call(component::figures, e -> {
            LOG.warn("The figures of {} are left out", component.getClass().getName(), e);
            return List.of();
        });
    }
}
