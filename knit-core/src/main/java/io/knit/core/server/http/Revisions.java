package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.RevisionView;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.RevisionJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes that tell of a deployment's revisions. */
final class Revisions {
    static final Set<String> PARAMETERS = Set.of("from", "to");

    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");

    private final Orchestrator orchestrator;
    private final Answers answers;

    Revisions(Orchestrator orchestrator, Answers answers) {
        this.orchestrator = orchestrator;
        this.answers = answers;
    }

    void mount(Router router) {
        Routes.read(router, "/deployments/:name/revisions", ctx -> send(ctx, RevisionJson.list(of(ctx))));
        Routes.read(router, "/deployments/:name/revisions/:number", this::show);
        Routes.read(router, "/deployments/:name/diff", this::diff);
    }

    private List<RevisionView> of(RoutingContext ctx) {
        return orchestrator.revisions(ctx.pathParam("name"));
    }

    private void show(RoutingContext ctx) {
        List<RevisionView> all = of(ctx);
        String text = ctx.pathParam("number");
        RevisionView found = all.stream()
                .filter(each -> Integer.toString(each.number()).equals(text))
                .findFirst()
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no revision " + Pointers.quoted(text) + " of it; kept are "
                                + all.stream()
                                        .map(each -> Integer.toString(each.number()))
                                        .collect(Collectors.joining(", "))));
        send(ctx, RevisionJson.of(found));
    }

    /** Unless told, from the one before the present one to that. */
    private void diff(RoutingContext ctx) {
        Integer from = number(ctx, "from");
        Integer to = number(ctx, "to");
        List<RevisionView> all = of(ctx);
        int last = to == null ? present(all) : to;
        int first = from == null ? before(all, last) : from;
        send(ctx, RevisionJson.diff(first, last, orchestrator.diff(ctx.pathParam("name"), first, last)));
    }

    private static int present(List<RevisionView> all) {
        return all.stream()
                .filter(RevisionView::present)
                .mapToInt(RevisionView::number)
                .findFirst()
                .orElse(0);
    }

    private static int before(List<RevisionView> all, int number) {
        return all.stream()
                .mapToInt(RevisionView::number)
                .filter(each -> each < number)
                .findFirst()
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "no revision before " + number
                                + " is kept to compare it with; name two that are, or deploy it anew first"));
    }

    private static @Nullable Integer number(RoutingContext ctx, String name) {
        String text = ctx.request().getParam(name);
        if (text == null) {
            return null;
        }
        if (NUMBER.matcher(text).matches()) {
            return Integer.valueOf(text);
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + name + " is " + Pointers.quoted(text)
                        + "; give the number of a revision, as GET …/revisions lists them");
    }

    private void send(RoutingContext ctx, JsonNode body) {
        answers.show(ctx, "", "application/json", Buffer.buffer(Json.bytes(body)));
    }
}
