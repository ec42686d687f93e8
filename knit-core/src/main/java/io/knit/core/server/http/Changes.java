package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Reservation;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.NodeJson;
import io.knit.core.server.http.json.PlanJson;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.Terms;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The routes that change something: each makes a command, and runs it or asks what it would do. */
final class Changes {
    private final Orchestrator orchestrator;
    private final Settling settling;
    private final Answers answers;

    Changes(Orchestrator orchestrator, Settling settling, Answers answers) {
        this.orchestrator = orchestrator;
        this.settling = settling;
        this.answers = answers;
    }

    void mount(Router router) {
        router.post("/deployments").handler(this::deploy);
        router.delete("/deployments/:name").handler(this::undeploy);
        router.delete("/nodes/:id").handler(this::forget);
    }

    private void deploy(RoutingContext ctx) {
        requireJson(ctx);
        Terms terms = Terms.of(ctx.request());
        Command.Deploy command = new Command.Deploy(SpecReader.read(BodyReader.of(ctx)), terms.ifRevision());
        ask(ctx, terms, command, view -> {
            ctx.response().putHeader("Location", "/deployments/" + view.name());
            if (terms.patience() == null) {
                send(ctx, 202, DeploymentJson.of(view));
            } else {
                BodyReader.letGo(ctx);
                settling.runs(ctx, view, terms.patience(), outcome -> settled(ctx, view, outcome));
            }
        });
    }

    private void undeploy(RoutingContext ctx) {
        Terms terms = Terms.of(ctx.request());
        ask(ctx, terms, new Command.Undeploy(ctx.pathParam("name"), terms.ifRevision()), view -> {
            if (terms.patience() == null) {
                send(ctx, 202, DeploymentJson.of(view));
            } else {
                settling.isGone(ctx, view, terms.patience(), outcome -> settled(ctx, view, outcome));
            }
        });
    }

    private void forget(RoutingContext ctx) {
        Terms terms = Terms.withoutRevision(ctx.request());
        ask(
                ctx,
                terms,
                new Command.ForgetNode(ctx.pathParam("id")),
                node -> send(ctx, 200, NodeJson.of(node, 0, Reservation.NONE)));
    }

    private <A> void ask(RoutingContext ctx, Terms terms, Command<A> command, Consumer<A> done) {
        if (terms.dryRun()) {
            orchestrator
                    .plan(command, caller(ctx))
                    .onFailure(ctx::fail)
                    .onSuccess(plan -> send(ctx, 200, PlanJson.of(plan)));
        } else {
            orchestrator.run(command, caller(ctx)).onFailure(ctx::fail).onSuccess(done::accept);
        }
    }

    private void settled(RoutingContext ctx, DeploymentView made, Settling.Outcome outcome) {
        DeploymentView newest = outcome.view();
        if (outcome.unsettled() != null) {
            ObjectNode json = DeploymentJson.of(newest == null ? made : newest);
            send(ctx, 202, json.put("unsettled", outcome.unsettled()));
        } else if (newest == null) {
            ctx.response().setStatusCode(204).end();
        } else {
            send(ctx, 200, DeploymentJson.of(newest));
        }
    }

    private void send(RoutingContext ctx, int status, JsonNode body) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(body)));
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
