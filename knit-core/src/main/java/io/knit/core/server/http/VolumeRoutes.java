package io.knit.core.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.answer.ListAnswer;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.OperationReader;
import io.knit.core.server.http.json.VolumeJson;
import io.knit.core.server.http.request.ListPage;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;

/** {@code /volumes}: where what is in slots' volumes is, and what is to go of it. */
final class VolumeRoutes {
    static final String ALL = "/volumes";
    static final String ONE = "/volumes/:deployment/:slot/:name";
    static final String MOVE = "/deployments/:name/move";
    static final Set<String> OF_CANCEL = Set.of("slot");
    static final Set<String> LISTED = Set.of("limit", "after", "deployment", "node");
    static final Set<String> MEANT = Set.of("node");

    /** What one of a list takes, in round figures. */
    private static final long KEPT = 256;

    private final Orchestrator orchestrator;
    private final Answers answers;

    VolumeRoutes(Orchestrator orchestrator, Answers answers) {
        this.orchestrator = orchestrator;
        this.answers = answers;
    }

    void mount(Router router) {
        Routes.read(router, ALL, this::list);
        Routes.read(router, ONE, ctx -> answers.show(ctx, "", "application/json", body(shown(ctx))));
        router.delete(ONE).handler(this::remove);
        router.post(MOVE).handler(this::move);
        router.delete(MOVE).handler(this::cancel);
    }

    private void list(RoutingContext ctx) {
        ListPage page = ListPage.of(ctx.request());
        String deployment = ctx.request().getParam("deployment");
        String node = ctx.request().getParam("node");
        List<VolumeView> all = orchestrator.volumes(Gate.caller(ctx)).stream()
                .filter(it ->
                        deployment == null || deployment.equals(it.volume().deployment()))
                .filter(it -> node == null || node.equals(it.volume().node()))
                .toList();
        ListPage.Cut<VolumeView> cut = page.of(all, it -> it.volume().key());
        cut.link(ctx.request());
        var elements = cut.elements().stream().map(VolumeJson::of).iterator();
        if (page.isWhole()) {
            ListAnswer.send(answers, ctx, "volumes", KEPT * all.size(), elements);
        } else {
            ListAnswer.page(answers, ctx, "volumes", KEPT * all.size(), elements, cut.next());
        }
    }

    private ObjectNode shown(RoutingContext ctx) {
        return VolumeJson.of(orchestrator.volume(
                ctx.pathParam("deployment"),
                ctx.pathParam("slot"),
                ctx.pathParam("name"),
                ctx.request().getParam("node"),
                Gate.caller(ctx)));
    }

    /** It goes when its node has removed it, and is shown until then. */
    private void remove(RoutingContext ctx) {
        Command.RemoveVolume command = new Command.RemoveVolume(
                ctx.pathParam("deployment"),
                ctx.pathParam("slot"),
                ctx.pathParam("name"),
                ctx.request().getParam("node"));
        orchestrator
                .run(command, Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(view -> answers.send(ctx, 202, "application/json", body(VolumeJson.of(view))));
    }

    /** It is under way then, and shown with the volumes until it is over. */
    private void move(RoutingContext ctx) {
        OperationReader.Move asked = OperationReader.move(Changes.jsonOf(ctx));
        run(ctx, new Command.MoveSlot(ctx.pathParam("name"), asked.slot(), asked.to()));
    }

    private void cancel(RoutingContext ctx) {
        String slot = ctx.request().getParam("slot");
        if (slot == null || slot.isEmpty()) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the parameter slot is " + (slot == null ? "missing" : "empty")
                            + "; say with it which slot's move is to end");
        }
        run(ctx, new Command.CancelMove(ctx.pathParam("name"), slot));
    }

    private void run(RoutingContext ctx, Command<DeploymentView> command) {
        orchestrator
                .run(command, Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(view -> answers.send(ctx, 202, "application/json", body(DeploymentJson.of(view))));
    }

    private static Buffer body(ObjectNode json) {
        return Buffer.buffer(Json.bytes(json));
    }
}
