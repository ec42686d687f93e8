package io.knit.core.server.http.inside;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.UsageJson;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.WholeAnswer;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.HostUsage;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.UsageText;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code GET …/stats}. Lives on the HTTP server's context. */
public final class UsageRoutes {
    /** Of one deployment, so many are asked at once. */
    private static final int MOST_INSTANCES = 50;

    /** Much more than an answer has. */
    private static final int MOST_BYTES = 64 * 1024;

    private final Orchestrator orchestrator;
    private final Context context;
    private final Inside inside;
    private final Answers answers;

    public UsageRoutes(Orchestrator orchestrator, Context context, Inside inside, Answers answers) {
        this.orchestrator = orchestrator;
        this.context = context;
        this.inside = inside;
        this.answers = answers;
    }

    public void mount(Router router) {
        router.get("/instances/:id/stats").handler(this::instance);
        router.get("/deployments/:name/stats").handler(this::deployment);
        router.get("/nodes/:id/stats").handler(this::node);
    }

    private void instance(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        Policy.check(
                Right.SEE_ONE, Gate.caller(ctx), inside.deploymentOf(id).orElse(null), "see what this instance uses");
        show(ctx, usage(ctx, id).map(used -> UsageJson.of(id, used)));
    }

    private void node(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        show(
                ctx,
                ask(ctx, id, StreamRequest.ofHostUsage())
                        .map(bytes -> UsageJson.of(id, WireCodec.decode(bytes, HostUsage.class))));
    }

    /** Of each that runs; one that can't be asked has an error in its place. */
    private void deployment(RoutingContext ctx) {
        String name = ctx.pathParam("name");
        DeploymentView view = orchestrator
                .deployment(name)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment " + Pointers.quoted(name) + "; GET /deployments lists all"));
        List<Instance> running = view.instances().stream()
                .filter(instance -> instance.state() == InstanceState.RUNNING)
                .toList();
        if (running.size() > MOST_INSTANCES) {
            throw new KnitException(
                    ErrorCode.TOO_LARGE,
                    name + " has " + running.size() + " instances that run, and at most " + MOST_INSTANCES
                            + " are asked at once; ask for one by its id, GET /instances/{id}/stats");
        }
        List<Future<ObjectNode>> asked = running.stream()
                .map(instance -> usage(ctx, instance.id())
                        .map(used -> UsageJson.of(instance.id(), used))
                        .otherwise(why -> UsageJson.of(instance.id(), known(why)))
                        .map(json -> json.put("node", instance.node())))
                .toList();
        show(ctx, Future.all(asked).map(all -> {
            ObjectNode json = Json.object().put("deployment", name);
            ArrayNode instances = json.putArray("instances");
            asked.forEach(one -> instances.add(one.result()));
            return json;
        }));
    }

    private static KnitException known(Throwable why) {
        return why instanceof KnitException known
                ? known
                : new KnitException(ErrorCode.INTERNAL, String.valueOf(why.getMessage()), why);
    }

    private void show(RoutingContext ctx, Future<ObjectNode> shown) {
        shown.onComplete(result -> context.runOnContext(now -> {
            if (result.succeeded()) {
                ctx.response().putHeader("Cache-Control", "no-store");
                answers.send(ctx, 200, "application/json", Buffer.buffer(Json.bytes(result.result())));
            } else {
                ctx.fail(result.cause());
            }
        }));
    }

    private Future<UsageText> usage(RoutingContext ctx, String instance) {
        return ask(ctx, "", StreamRequest.ofUsage(instance)).map(bytes -> WireCodec.decode(bytes, UsageText.class));
    }

    private Future<byte[]> ask(RoutingContext ctx, String node, StreamRequest request) {
        WholeAnswer asked = WholeAnswer.of(inside, node, request, MOST_BYTES);
        ctx.addEndHandler(ended -> asked.cancel());
        return asked.answer();
    }
}
