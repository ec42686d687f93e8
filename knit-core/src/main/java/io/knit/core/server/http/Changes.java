package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rebalancing;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Scenario;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.ForetoldJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.NodeJson;
import io.knit.core.server.http.json.OperationReader;
import io.knit.core.server.http.json.PlanJson;
import io.knit.core.server.http.json.RenderingJson;
import io.knit.core.server.http.json.ScenarioReader;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.http.request.Version;
import io.knit.core.server.http.settle.ChangeOutcome;
import io.knit.core.server.http.settle.Settling;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
        router.post("/simulate").handler(this::simulate);
        router.post("/render").handler(this::render);
        router.delete("/deployments/:name").handler(this::undeploy);
        operation(
                router,
                "rollback",
                (name, body, rev) -> new Command.Rollback(name, OperationReader.rollback(body), rev));
        operation(router, "scale", (name, body, rev) -> new Command.Scale(name, OperationReader.scale(body), rev));
        operation(
                router, "restart", (name, body, rev) -> new Command.Restart(name, OperationReader.restart(body), rev));
        operation(router, "resume", (name, body, rev) -> {
            OperationReader.nothing(body);
            return new Command.Resume(name, rev);
        });
        operation(router, "promote", (name, body, rev) -> {
            OperationReader.nothing(body);
            return new Command.Promote(name, rev);
        });
        router.post("/deployments/:name/pause").handler(this::pause);
        router.delete("/nodes/:id").handler(this::forget);
        router.patch("/nodes/:id").handler(this::label);
        router.post("/nodes/:id/drain").handler(this::drain);
        router.post("/rebalance").handler(this::rebalance);
        router.post("/nodes/:id/pause").handler(this::pauseNode);
        router.post("/nodes/:id/activate").handler(this::activate);
    }

    /** What a body asks for of a deployment. */
    @FunctionalInterface
    private interface Operation {
        Command.Present command(String name, byte[] body, @Nullable Integer ifRevision);
    }

    /** One that settles once all of the revision runs that there is then. */
    private void operation(Router router, String name, Operation operation) {
        router.post("/deployments/:name/" + name).handler(ctx -> {
            byte[] body = bodyOf(ctx);
            Terms terms = Terms.of(ctx.request());
            ask(
                    ctx,
                    terms,
                    operation.command(ctx.pathParam("name"), body, terms.ifRevision()),
                    view -> made(ctx, terms, view));
        });
    }

    private void pause(RoutingContext ctx) {
        OperationReader.nothing(bodyOf(ctx));
        Terms terms = Terms.of(ctx.request());
        Command.Pause command = new Command.Pause(ctx.pathParam("name"), terms.ifRevision());
        ask(ctx, terms, command, view -> {
            if (terms.patience() == null) {
                send(ctx, 200, DeploymentJson.of(view));
            } else {
                BodyReader.letGo(ctx);
                settling.stands(ctx, view.name(), terms.patience(), outcome -> {
                    ObjectNode json = DeploymentJson.of(outcome.newest() == null ? view : outcome.newest());
                    outcome.tell(json);
                    send(ctx, status(outcome), json);
                });
            }
        });
    }

    private static int status(ChangeOutcome<?> outcome) {
        return outcome.unsettled() == null ? 200 : 202;
    }

    private void label(RoutingContext ctx) {
        requireJson(ctx);
        Terms terms = Terms.of(ctx.request());
        Command.LabelNode command =
                new Command.LabelNode(ctx.pathParam("id"), OperationReader.labels(BodyReader.of(ctx)));
        ClusterSnapshot before = orchestrator.snapshot();
        ask(ctx, terms, command, node -> {
            if (terms.patience() == null) {
                send(ctx, 200, shown(node));
            } else {
                BodyReader.letGo(ctx);
                settling.hasMoved(ctx, node, before, terms.patience(), outcome -> wished(ctx, node, outcome));
            }
        });
    }

    private void pauseNode(RoutingContext ctx) {
        OperationReader.nothing(bodyOf(ctx));
        Command.SetAvailability command = new Command.SetAvailability(ctx.pathParam("id"), Availability.PAUSED);
        ask(ctx, Terms.of(ctx.request()), command, node -> send(ctx, 200, shown(node)));
    }

    private void activate(RoutingContext ctx) {
        OperationReader.nothing(bodyOf(ctx));
        Terms terms = Terms.of(ctx.request());
        Command.SetAvailability command = new Command.SetAvailability(ctx.pathParam("id"), Availability.ACTIVE);
        ask(ctx, terms, command, node -> {
            if (terms.patience() == null) {
                send(ctx, 200, shown(node));
            } else {
                BodyReader.letGo(ctx);
                settling.takesWork(ctx, node.id(), terms.patience(), outcome -> wished(ctx, node, outcome));
            }
        });
    }

    private void wished(RoutingContext ctx, Node node, ChangeOutcome<Node> outcome) {
        ObjectNode json = shown(outcome.newest() == null ? node : outcome.newest());
        outcome.tell(json);
        send(ctx, status(outcome), json);
    }

    private void drain(RoutingContext ctx) {
        byte[] body = bodyOf(ctx);
        Terms terms = Terms.of(ctx.request());
        String id = ctx.pathParam("id");
        OperationReader.Draining asked = OperationReader.drain(body);
        Command.SetAvailability command =
                new Command.SetAvailability(id, Availability.DRAINED, asked.deadline(), asked.startFirst());
        ask(ctx, terms, command, node -> {
            if (terms.patience() == null) {
                send(ctx, 200, shown(node));
            } else {
                BodyReader.letGo(ctx);
                settling.isEmpty(ctx, id, terms.patience(), outcome -> wished(ctx, node, outcome));
            }
        });
    }

    private void rebalance(RoutingContext ctx) {
        OperationReader.Balancing body = OperationReader.rebalance(bodyOf(ctx));
        Terms terms = Terms.of(ctx.request(), body.dryRun());
        Command.Rebalance command = new Command.Rebalance(body.maxMoves());
        if (terms.dryRun()) {
            orchestrator
                    .plan(command, caller(ctx))
                    .onFailure(ctx::fail)
                    .onSuccess(plan -> send(
                            ctx,
                            200,
                            plan.changes()
                                    ? PlanJson.of(plan)
                                    : PlanJson.of(plan).put("words", new Rebalancing(List.of(), true).words())));
        } else {
            orchestrator
                    .run(command, caller(ctx))
                    .onFailure(ctx::fail)
                    .onSuccess(answer -> rebalanced(ctx, terms, answer));
        }
    }

    private void rebalanced(RoutingContext ctx, Terms terms, Rebalancing answer) {
        if (answer.moves().isEmpty() || terms.patience() == null) {
            send(ctx, answer.moves().isEmpty() ? 200 : 202, PlanJson.of(answer));
        } else {
            BodyReader.letGo(ctx);
            settling.isBalanced(ctx, answer, terms.patience(), outcome -> {
                ObjectNode json = PlanJson.of(answer);
                outcome.tell(json);
                send(ctx, status(outcome), json);
            });
        }
    }

    private ObjectNode shown(Node node) {
        return NodeJson.of(node, NodeJson.load(orchestrator.snapshot(), node.id()), orchestrator.liveness(node.id()));
    }

    /** It may be left out where nothing must be said. A form of another site has a type, also when it is empty. */
    static byte[] bodyOf(RoutingContext ctx) {
        byte[] body = BodyReader.of(ctx);
        if (body.length > 0 || ctx.request().headers().contains("Content-Type")) {
            requireJson(ctx);
        }
        return body;
    }

    private void deploy(RoutingContext ctx) {
        requireJson(ctx);
        Terms terms = Terms.of(ctx.request());
        Command.Deploy command = new Command.Deploy(SpecReader.read(BodyReader.of(ctx)), terms.ifRevision());
        ask(ctx, terms, command, view -> {
            ctx.response().putHeader("Location", Version.prefix(ctx.request()) + "/deployments/" + view.name());
            made(ctx, terms, view);
        });
    }

    /** Changes nothing; asked with a body, as a change is. */
    private void simulate(RoutingContext ctx) {
        requireJson(ctx);
        Scenario scenario = ScenarioReader.read(BodyReader.of(ctx));
        BodyReader.letGo(ctx);
        orchestrator
                .simulate(scenario, caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(foretold -> send(ctx, 200, ForetoldJson.of(foretold, scenario.pace())));
    }

    /** Changes nothing, likewise. */
    private void render(RoutingContext ctx) {
        requireJson(ctx);
        DeploymentSpec spec = SpecReader.read(BodyReader.of(ctx));
        BodyReader.letGo(ctx);
        orchestrator
                .render(spec, ctx.request().getParam("node"), caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(rendering -> send(ctx, 200, RenderingJson.of(rendering)));
    }

    private void made(RoutingContext ctx, Terms terms, DeploymentView view) {
        if (terms.patience() == null) {
            send(ctx, 202, DeploymentJson.of(view));
        } else {
            BodyReader.letGo(ctx);
            settling.runs(ctx, view, terms.patience(), outcome -> settled(ctx, view, outcome));
        }
    }

    private void undeploy(RoutingContext ctx) {
        Terms terms = Terms.of(ctx.request());
        boolean volumes = Terms.volumes(ctx.request());
        Command.Undeploy command = new Command.Undeploy(ctx.pathParam("name"), terms.ifRevision(), volumes);
        ask(ctx, terms, command, view -> {
            if (terms.patience() == null) {
                send(ctx, 202, DeploymentJson.of(view));
            } else {
                settling.isGone(ctx, view, volumes, terms.patience(), outcome -> settled(ctx, view, outcome));
            }
        });
    }

    private void forget(RoutingContext ctx) {
        Terms terms = Terms.of(ctx.request());
        ask(
                ctx,
                terms,
                new Command.ForgetNode(ctx.pathParam("id")),
                node -> send(ctx, 200, NodeJson.of(node, NodeJson.Load.NONE, Liveness.UNKNOWN)));
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

    private void settled(RoutingContext ctx, DeploymentView made, ChangeOutcome<DeploymentView> outcome) {
        DeploymentView newest = outcome.newest();
        if (outcome.unsettled() != null) {
            ObjectNode json = DeploymentJson.of(newest == null ? made : newest);
            outcome.tell(json);
            send(ctx, 202, json);
        } else if (newest == null) {
            ctx.response().setStatusCode(204).end();
        } else {
            send(ctx, 200, DeploymentJson.of(newest));
        }
    }

    private void send(RoutingContext ctx, int status, JsonNode body) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(body)));
    }

    private static Caller caller(RoutingContext ctx) {
        return Gate.caller(ctx);
    }

    /** The body of a request that must have one. */
    static byte[] jsonOf(RoutingContext ctx) {
        requireJson(ctx);
        return BodyReader.of(ctx);
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
