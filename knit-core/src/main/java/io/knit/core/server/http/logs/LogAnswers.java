package io.knit.core.server.http.logs;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.request.PartParameter;
import io.knit.core.server.http.request.Times;
import io.knit.core.server.inside.Inside;
import io.knit.core.wire.asked.LogRange;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET …/logs}: all answers under way. Lives on the HTTP server's context. */
public final class LogAnswers {
    public static final Set<String> PARAMETERS = Set.of("follow", "part", "tail", "since", "timestamps");

    private static final Pattern TAIL = Pattern.compile("\\d{1,7}");

    private final Vertx vertx;
    private final Context context;
    private final Inside inside;
    private final Answers answers;
    private final Consumer<HttpServerRequest> waits;
    private final Set<LogAnswer> open = new LinkedHashSet<>();

    /** @param waits is told of each request on which nothing may move for a while */
    public LogAnswers(Vertx vertx, Context context, Inside inside, Answers answers, Consumer<HttpServerRequest> waits) {
        this.vertx = vertx;
        this.context = context;
        this.inside = inside;
        this.answers = answers;
        this.waits = waits;
    }

    /** Whose instance it is; empty: there is none of this id. */
    public Optional<String> deploymentOf(String instance) {
        return inside.deploymentOf(instance);
    }

    /** @param standing whether who asked may still read */
    public void ofInstance(RoutingContext ctx, BooleanSupplier standing) {
        open(ctx, ctx.pathParam("id"), "", standing);
    }

    /** @param standing whether who asked may still read */
    public void ofDeployment(RoutingContext ctx, BooleanSupplier standing) {
        open(ctx, "", ctx.pathParam("name"), standing);
    }

    private void open(RoutingContext ctx, String instance, String deployment, BooleanSupplier standing) {
        LogRange range = range(ctx.request());
        String accept = ctx.request().getHeader("Accept");
        boolean events = accept != null && accept.contains("text/event-stream");
        LineForm form = new LineForm(events, instance.isEmpty(), flag(ctx.request(), "timestamps"));
        LogAnswer[] self = new LogAnswer[1];
        LogAnswer answer = new LogAnswer(vertx, context, answers, ctx, form, standing, () -> open.remove(self[0]));
        self[0] = answer;
        open.add(answer);
        waits.accept(ctx.request());
        answer.reads(inside.logs(instance, deployment, range, answer));
    }

    private static LogRange range(HttpServerRequest request) {
        String header = request.getHeader("Last-Event-ID");
        boolean again = header != null && !header.isBlank();
        // what is wrong is refused also where it is passed over
        Integer tail = tail(request.getParam("tail"));
        String since = time("since", request.getParam("since"));
        return new LogRange(
                flag(request, "follow"),
                again ? null : tail,
                again ? time("Last-Event-ID", header.strip()) : since,
                again,
                true,
                PartParameter.of(request));
    }

    private static @Nullable String time(String name, @Nullable String text) {
        return text == null ? null : Times.of(name, text).toString();
    }

    private static boolean flag(HttpServerRequest request, String name) {
        String text = request.getParam(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + name + " is " + Pointers.quoted(text) + "; give true or false");
    }

    private static @Nullable Integer tail(@Nullable String text) {
        if (text == null || text.equals("all")) {
            return null;
        }
        if (TAIL.matcher(text).matches()) {
            return Integer.valueOf(text);
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter tail is " + Pointers.quoted(text) + "; give how many lines, as 100, or all");
    }

    /** Ends all, in words. */
    public void close() {
        KnitException why =
                new KnitException(ErrorCode.CLOSED, "the server was stopped; ask again from the last line on");
        new ArrayList<>(open).forEach(answer -> answer.fail(why));
    }
}
