package io.knit.core.server.http.compose;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.command.Sight;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.compose.ComposeRoute.Settled;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.PlanJson;
import io.knit.core.server.http.request.Terms;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** One request for a stack: all of it is rehearsed, then each is done, in the order in which they depend on each other. On the HTTP server's context. */
final class StackRun {
    private final Orchestrator orchestrator;
    private final ComposeRoute.Patience patience;
    private final Answers answers;
    private final RoutingContext ctx;
    private final Caller caller;
    private final Terms terms;
    private final boolean prune;
    private final ObjectNode answer = Json.object();
    private final List<DeploymentView> made = new ArrayList<>();

    StackRun(
            Orchestrator orchestrator,
            ComposeRoute.Patience patience,
            Answers answers,
            RoutingContext ctx,
            Caller caller,
            Terms terms,
            boolean prune) {
        this.orchestrator = orchestrator;
        this.patience = patience;
        this.answers = answers;
        this.ctx = ctx;
        this.caller = caller;
        this.terms = terms;
        this.prune = prune;
    }

    Future<Void> all(ComposeReader.Read read) {
        answer.put("project", read.stack().project());
        ArrayNode remarks = answer.putArray("remarks");
        read.stack().findings().stream()
                .filter(finding -> !finding.refuses())
                .map(ComposeReader::remark)
                .forEach(remarks::add);
        requireOwn(read);
        return rehearsed(read).compose(plans -> terms.dryRun() ? show(read, plans) : run(read));
    }

    /** What is another stack's would be lost to it. */
    private void requireOwn(ComposeReader.Read read) {
        String stack = read.stack().project();
        for (DeploymentSpec spec : read.specs()) {
            orchestrator.deployment(spec.name()).ifPresent(view -> {
                String other = view.deployment().spec().stack();
                if (caller.isFor(spec.name()) && !other.isEmpty() && !other.equals(stack)) {
                    throw new KnitException(
                            ErrorCode.IN_USE,
                            spec.name() + " is of the stack " + other + "; deploy it with that, or undeploy it first");
                }
            });
        }
    }

    /** All that is refused of any of them is said at once, and then nothing is done. */
    private Future<List<Plan>> rehearsed(ComposeReader.Read read) {
        Refusals refusals = new Refusals();
        Map<DeploymentSpec, ComposeService> services = new LinkedHashMap<>();
        for (int i = 0; i < read.specs().size(); i++) {
            services.put(read.specs().get(i), read.stack().services().get(i));
        }
        return each(
                        read.specs(),
                        (spec, plans) -> orchestrator
                                .plan(new Command.Deploy(spec, null), caller)
                                .onSuccess(plans::add)
                                .<Void>mapEmpty()
                                .recover(failure -> failure instanceof KnitException refusal
                                                && ComposeReader.place(
                                                        Objects.requireNonNull(services.get(spec)), refusal, refusals)
                                        ? Future.succeededFuture()
                                        : Future.failedFuture(failure)),
                        new ArrayList<Plan>())
                .map(plans -> {
                    refusals.throwIfAny();
                    return plans;
                });
    }

    /** One after the other; the first that fails ends it. */
    private static <T, L> Future<L> each(List<T> all, BiFunction<T, L, Future<Void>> step, L into) {
        Future<Void> done = Future.succeededFuture();
        for (T one : all) {
            done = done.compose(before -> step.apply(one, into));
        }
        return done.map(into);
    }

    private Future<Void> show(ComposeReader.Read read, List<Plan> plans) {
        return each(
                        left(read),
                        (view, all) -> orchestrator
                                .plan(undeploy(view), caller)
                                .onSuccess(all::add)
                                .mapEmpty(),
                        new ArrayList<>(plans))
                .compose(all -> {
                    ArrayNode shown = answer.putArray("plans");
                    all.forEach(plan -> shown.add(PlanJson.of(plan)));
                    return send(200);
                });
    }

    private Future<Void> run(ComposeReader.Read read) {
        return each(
                        read.specs(),
                        (spec, views) -> orchestrator
                                .run(new Command.Deploy(spec, null), caller)
                                .onSuccess(views::add)
                                .<Void>mapEmpty()
                                .recover(failure -> Future.failedFuture(halfDone(spec, failure))),
                        made)
                .compose(views -> terms.patience() == null
                        ? Future.succeededFuture(List.<Settled>of())
                        : settled(terms.patience()))
                .compose(settled -> end(read, settled));
    }

    /** It is what came between the rehearsal and now. */
    private Throwable halfDone(DeploymentSpec spec, Throwable failure) {
        if (!(failure instanceof KnitException refusal) || made.isEmpty()) {
            return failure;
        }
        String done = made.stream().map(DeploymentView::name).collect(Collectors.joining(", "));
        return new KnitException(
                refusal.code(),
                spec.name() + ": " + refusal.getMessage() + ". Before it were deployed: " + done,
                refusal);
    }

    /** All wait at once. */
    private Future<List<Settled>> settled(Duration atMost) {
        return Future.all(made.stream()
                        .map(view -> patience.runs(ctx, view, atMost))
                        .toList())
                .map(all -> all.<Settled>list());
    }

    private Future<Void> end(ComposeReader.Read read, List<Settled> settled) {
        ArrayNode shown = answer.putArray("deployments");
        (settled.isEmpty() ? made : settled.stream().map(Settled::newest).toList())
                .forEach(view -> shown.add(DeploymentJson.of(view)));
        ArrayNode removed = answer.putArray("removed");
        List<Settled> late =
                settled.stream().filter(each -> !each.unsettled().isEmpty()).toList();
        if (!late.isEmpty()) {
            answer.put(
                    "unsettled",
                    late.stream()
                            .map(each -> each.newest().name() + ": " + each.unsettled())
                            .collect(Collectors.joining("; ")));
            answer.put("timed_out", late.stream().allMatch(Settled::timedOut));
            // what is left out may be what still works
            return send(202);
        }
        return each(
                        left(read),
                        (view, names) -> orchestrator
                                .run(undeploy(view), caller)
                                .onSuccess(gone -> names.add(gone.name()))
                                .mapEmpty(),
                        removed)
                .compose(names -> send(terms.patience() == null ? 202 : 200));
    }

    /** What is of the stack, seen by who asks, and not in the file. */
    private List<DeploymentView> left(ComposeReader.Read read) {
        if (!prune) {
            return List.of();
        }
        Set<String> names = read.specs().stream().map(DeploymentSpec::name).collect(Collectors.toSet());
        return Sight.of(orchestrator.snapshot(), caller).deployments().stream()
                .filter(view ->
                        view.deployment().spec().stack().equals(read.stack().project()))
                .filter(view -> view.status() != DeploymentStatus.DELETING && !names.contains(view.name()))
                .toList();
    }

    /** Only what was seen to be of the stack. */
    private static Command.Undeploy undeploy(DeploymentView view) {
        return new Command.Undeploy(view.name(), view.deployment().revision());
    }

    private Future<Void> send(int status) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(answer)));
        return Future.succeededFuture();
    }
}
