package io.knit.core.server.http.compose;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.compose.ComposeRoute.Settled;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.http.json.DeploymentJson;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.PlanJson;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.stack.StackCommands;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** One request for a stack: all of it is rehearsed, then each is done, in the order in which they depend on each other. On the HTTP server's context. */
final class StackRun {
    private final ComposeRoute.Patience patience;
    private final Answers answers;
    private final RoutingContext ctx;
    private final Terms terms;
    private final ComposeReader.Read read;
    private final StackCommands commands;
    private final ObjectNode answer = Json.object();

    StackRun(
            ComposeRoute.Patience patience,
            Answers answers,
            RoutingContext ctx,
            Terms terms,
            ComposeReader.Read read,
            StackCommands commands) {
        this.patience = patience;
        this.answers = answers;
        this.ctx = ctx;
        this.terms = terms;
        this.read = read;
        this.commands = commands;
    }

    Future<Void> all() {
        answer.put("project", read.stack().project());
        ArrayNode remarks = answer.putArray("remarks");
        read.stack().findings().stream()
                .filter(finding -> !finding.refuses())
                .map(ComposeReader::remark)
                .forEach(remarks::add);
        return terms.dryRun() ? show() : run();
    }

    private Future<Void> show() {
        return commands.plan().compose(plans -> {
            ArrayNode shown = answer.putArray("plans");
            plans.forEach(plan -> shown.add(PlanJson.of(plan)));
            return send(200);
        });
    }

    private Future<Void> run() {
        return commands.rehearsed()
                .compose(plans -> commands.deploy())
                .compose(made -> terms.patience() == null
                        ? end(made, List.of())
                        : settled(made, terms.patience()).compose(settled -> end(made, settled)));
    }

    /** All wait at once. */
    private Future<List<Settled>> settled(List<DeploymentView> made, Duration atMost) {
        return Future.all(made.stream()
                        .map(view -> patience.runs(ctx, view, atMost))
                        .toList())
                .map(all -> all.<Settled>list());
    }

    private Future<Void> end(List<DeploymentView> made, List<Settled> settled) {
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
        return commands.prune().compose(gone -> {
            gone.forEach(view -> removed.add(view.name()));
            return send(terms.patience() == null ? 202 : 200);
        });
    }

    private Future<Void> send(int status) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(answer)));
        return Future.succeededFuture();
    }
}
