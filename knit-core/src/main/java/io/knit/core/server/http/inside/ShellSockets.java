package io.knit.core.server.http.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ProcessSpec;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.PartParameter;
import io.knit.core.server.inside.Inside;
import io.knit.core.wire.asked.ShellAsked;
import io.knit.core.wire.asked.StreamRequest;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /instances/{id}/exec} and {@code …/attach}: all that are open. Lives on the HTTP server's context. */
public final class ShellSockets {
    /** Of {@code …/exec}; the first may be given more than once. */
    public static final Set<String> EXEC = Set.of("command", "part", "tty", "stdin", "columns", "rows");

    public static final Set<String> ATTACH = Set.of("stdin", "tty", "early", "columns", "rows");

    private static final Logger LOG = LoggerFactory.getLogger(ShellSockets.class);
    private static final Pattern SIZE = Pattern.compile("[1-9]\\d{0,3}");

    private final Vertx vertx;
    private final Context context;
    private final Inside inside;
    private final Consumer<HttpServerRequest> waits;
    private final Duration ping;
    private final Runnable onBegin;
    private final Set<ShellSocket> open = new LinkedHashSet<>();

    /**
     * None are open.
     *
     * @param waits is told of each request on which nothing may move for a while
     * @param ping how often it is asked whether anybody is at the other end
     * @param onBegin is run for each WebSocket that is there
     */
    public ShellSockets(
            Vertx vertx,
            Context context,
            Inside inside,
            Consumer<HttpServerRequest> waits,
            Duration ping,
            Runnable onBegin) {
        this.vertx = vertx;
        this.context = context;
        this.inside = inside;
        this.waits = waits;
        this.ping = ping;
        this.onBegin = onBegin;
    }

    public void mount(Router router) {
        router.get("/instances/:id/exec").handler(ctx -> {
            mayEnter(ctx);
            open(ctx, command(ctx), flag(ctx, "tty"), PartParameter.of(ctx.request()));
        });
        router.get("/instances/:id/attach").handler(ctx -> {
            mayEnter(ctx);
            open(ctx, List.of(), flag(ctx, "tty"), null);
        });
    }

    private void mayEnter(RoutingContext ctx) {
        String instance = ctx.pathParam("id");
        String deployment = inside.deploymentOf(instance).orElse(null);
        Policy.check(Right.DEPLOY, Gate.caller(ctx), deployment, "be inside of instance " + instance);
    }

    private void open(RoutingContext ctx, List<String> command, boolean terminal, @Nullable String part) {
        String instance = ctx.pathParam("id");
        ShellAsked asked = new ShellAsked(
                command,
                terminal,
                flag(ctx, "stdin"),
                size(ctx, "columns"),
                size(ctx, "rows"),
                part,
                command.isEmpty() && flag(ctx, "early"));
        if (command.isEmpty()) {
            inside.processOf(instance).ifPresent(process -> requireOpen(instance, process, asked));
        }
        if (!BodyReader.isWebSocket(ctx.request())) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "this is a WebSocket; open one, or use knit exec and knit attach");
        }
        ShellSocket[] self = new ShellSocket[1];
        ShellSocket socket =
                new ShellSocket(vertx, context, ctx, Gate.standing(ctx), ping, onBegin, () -> open.remove(self[0]));
        self[0] = socket;
        open.add(socket);
        waits.accept(ctx.request());
        ctx.request().pause();
        // arguments may hold secrets
        LOG.info(
                "{} {} in {}instance {}",
                Gate.caller(ctx).name(),
                command.isEmpty() ? "joins the process" : "runs " + Pointers.quoted(command.get(0)),
                part == null ? "" : part + " of ",
                instance);
        socket.opens(inside.open("", StreamRequest.ofShell(instance, asked), socket));
    }

    /** Its spec decided when it was made what can be given to it. */
    private static void requireOpen(String instance, ProcessSpec process, ShellAsked asked) {
        if (asked.input() && !process.stdin()) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the input of " + instance
                            + " is closed, so that nothing can be given to its process; deploy it with"
                            + " stdin: true, or join it without input");
        }
        if (asked.terminal() && !process.tty()) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the process of " + instance
                            + " has no terminal; deploy it with tty: true, or join it without one");
        }
    }

    private static List<String> command(RoutingContext ctx) {
        List<String> command = ctx.queryParam("command");
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "there is no command; give its words one by one, as in ?command=ls&command=-l");
        }
        // its length is bounded with the request's first line
        if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the command has a zero byte in it; no program takes one");
        }
        return command;
    }

    private static boolean flag(RoutingContext ctx, String name) {
        String text = ctx.request().getParam(name);
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

    private static int size(RoutingContext ctx, String name) {
        @Nullable String text = ctx.request().getParam(name);
        if (text == null) {
            return 0;
        }
        if (SIZE.matcher(text).matches()) {
            return Integer.parseInt(text);
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + name + " is " + Pointers.quoted(text) + "; give a number from 1 to 9999");
    }

    /** Ends all, in words. */
    public void close() {
        KnitException why = new KnitException(ErrorCode.CLOSED, "the server was stopped");
        new ArrayList<>(open).forEach(socket -> socket.fail(why));
    }
}
