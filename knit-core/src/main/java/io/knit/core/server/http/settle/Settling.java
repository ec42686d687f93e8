package io.knit.core.server.http.settle;

import io.knit.api.Orchestrator;
import io.knit.api.command.Rebalancing;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Node;
import io.knit.core.server.http.compose.ComposeRoute;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Answers that wait until a change has settled. However much is told of a deployment, it is looked at once at a time, on the HTTP server's
 * context, where all of this lives.
 */
public final class Settling {
    final Vertx vertx;
    final Context context;
    final Orchestrator orchestrator;
    private final Consumer<HttpServerRequest> patient;
    private final Set<Waiter<?>> waiting = new HashSet<>();
    private boolean leaving;

    /** @param patient told of each request that may take long though nothing moves */
    public Settling(Vertx vertx, Context context, Orchestrator orchestrator, Consumer<HttpServerRequest> patient) {
        this.vertx = vertx;
        this.context = context;
        this.orchestrator = orchestrator;
        this.patient = patient;
    }

    /** Until all of the revision, or of a later one, runs, and what it replaces has gone. */
    public void runs(
            RoutingContext ctx,
            DeploymentView made,
            Duration patience,
            Consumer<ChangeOutcome<DeploymentView>> answer) {
        begin(new UntilSettled(this, made, patience, false, answer), ctx);
    }

    /** The same, as a value. */
    public Future<ComposeRoute.Settled> untilItRuns(RoutingContext ctx, DeploymentView made, Duration patience) {
        Promise<ComposeRoute.Settled> settled = Promise.promise();
        runs(
                ctx,
                made,
                patience,
                outcome -> settled.complete(new ComposeRoute.Settled(
                        Objects.requireNonNullElse(outcome.newest(), made),
                        Objects.requireNonNullElse(outcome.unsettled(), ""),
                        outcome.timedOut())));
        return settled.future();
    }

    /**
     * Until there is nothing of it any more.
     *
     * @param volumes whether its volumes go, too
     */
    public void isGone(
            RoutingContext ctx,
            DeploymentView made,
            boolean volumes,
            Duration patience,
            Consumer<ChangeOutcome<DeploymentView>> answer) {
        begin(
                volumes
                        ? new UntilAllIsGone(this, made, patience, answer)
                        : new UntilSettled(this, made, patience, true, answer),
                ctx);
    }

    /** Until nothing runs on a node that is drained. */
    public void isEmpty(RoutingContext ctx, String node, Duration patience, Consumer<ChangeOutcome<Node>> answer) {
        begin(new UntilEmpty(this, node, patience, answer), ctx);
    }

    /** Until a node takes work. */
    public void takesWork(RoutingContext ctx, String node, Duration patience, Consumer<ChangeOutcome<Node>> answer) {
        begin(new UntilWorking(this, node, patience, answer), ctx);
    }

    /** Until nothing is under way of a deployment that is paused. */
    public void stands(
            RoutingContext ctx, String name, Duration patience, Consumer<ChangeOutcome<DeploymentView>> answer) {
        begin(new UntilStanding(this, name, patience, answer), ctx);
    }

    /** Until what is to move has moved. */
    public void isBalanced(
            RoutingContext ctx, Rebalancing begun, Duration patience, Consumer<ChangeOutcome<Rebalancing>> answer) {
        begin(UntilMoved.of(this, begun, patience, answer), ctx);
    }

    /**
     * Until what a node's other labels start and stop there runs, and is gone.
     *
     * @param before as it was before they were wished
     */
    public void hasMoved(
            RoutingContext ctx,
            Node node,
            ClusterSnapshot before,
            Duration patience,
            Consumer<ChangeOutcome<Node>> answer) {
        begin(UntilMoved.of(this, node, before, patience, answer), ctx);
    }

    private void begin(Waiter<?> begun, RoutingContext ctx) {
        patient.accept(ctx.request());
        waiting.add(begun);
        ctx.addEndHandler(ended -> begun.end());
        begun.listen();
        begun.look();
        if (leaving) {
            begun.giveUp("the server stops");
        }
    }

    /** Nobody is kept waiting by a server that ends. */
    public void close() {
        leaving = true;
        List.copyOf(waiting).forEach(it -> it.giveUp("the server stops"));
    }

    void ended(Waiter<?> over) {
        waiting.remove(over);
    }
}
