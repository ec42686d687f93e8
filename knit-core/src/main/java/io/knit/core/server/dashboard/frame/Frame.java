package io.knit.core.server.dashboard.frame;

import io.knit.api.command.Caller;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.events.EventTypes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all pages have in common: who looks, what he is offered, whether a form is of a page of ours, and how a page is sent. */
public final class Frame {
    public static final String OLD_PAGE =
            "This page was opened before the server was last started. Nothing was done; please check and send it again.";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String EVENT_TYPES = eventTypes();

    private final Pages pages = new Pages();
    private final CsrfTokens tokens;
    private final Sender sender;
    private final LoginPage login;
    private final Visitors visitors;

    /** Sends an answer that is whole in memory. */
    @FunctionalInterface
    public interface Sender {
        void send(RoutingContext ctx, int status, String type, Buffer body);
    }

    /** What a person is shown of what went wrong; null: he is none. */
    @FunctionalInterface
    public interface FailurePage {
        @Nullable
        String of(RoutingContext ctx, int status, KnitException why);
    }

    /**
     * Of all pages.
     *
     * @param ids for secrets
     * @param cluster its id; as long as it is not known, empty or a failure
     */
    public Frame(IdSource ids, Supplier<String> cluster, Sender sender, Visitors visitors) {
        this.sender = sender;
        this.visitors = visitors;
        this.tokens = new CsrfTokens(ids, new CookieName("knit_csrf", cluster));
        this.login = new LoginPage(visitors, tokens, pages, sender);
    }

    /** Adds the login, and the files that pages ask for. */
    public void mount(Router router) {
        file(router, "/dashboard/app.js", "app.js", "text/javascript; charset=utf-8");
        file(router, "/dashboard/style.css", "style.css", "text/css; charset=utf-8");
        file(router, "/dashboard/icon.svg", "icon.svg", "image/svg+xml");
        login.mount(router);
    }

    private void file(Router router, String path, String name, String type) {
        Buffer content = Buffer.buffer(Pages.file(name));
        get(router, path, ctx -> {
            ctx.response().putHeader("Cache-Control", "no-cache");
            sender.send(ctx, 200, type, content);
        });
    }

    public static void get(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler::accept);
    }

    /** Where a form leaves the browser, somebody may open the address again: he is led to a page. */
    public static void lead(Router router, String path, String to) {
        get(router, path, ctx -> ctx.redirect(to));
    }

    /** Whether a person looks at what is answered, and not a program. */
    public static boolean isLookedAt(HttpServerRequest request) {
        String accepted = request.getHeader("Accept");
        return isOfDashboard(request) && accepted != null && accepted.contains("text/html");
    }

    public static boolean isOfDashboard(HttpServerRequest request) {
        return request.path().equals("/dashboard") || request.path().startsWith("/dashboard/");
    }

    /** As {@link FailurePage} has it. */
    public @Nullable String failure(RoutingContext ctx, int status, KnitException why) {
        if (!isLookedAt(ctx.request())) {
            return null;
        }
        String words = String.valueOf(why.getMessage());
        return why.code() == ErrorCode.UNAUTHENTICATED
                ? login.html(ctx, words)
                : pages.render(
                        "failure.peb",
                        Map.of("status", status, "words", words, "back", Back.from(ctx.request(), status == 404)));
    }

    /** Whether the form is of a page of ours. */
    public boolean isGiven(RoutingContext ctx) {
        return tokens.valid(ctx);
    }

    /** The same of a form whose file is still to come: only words can be answered to that. */
    public void requireGiven(RoutingContext ctx) {
        if (!tokens.valid(ctx)) {
            throw new KnitException(ErrorCode.FORBIDDEN, OLD_PAGE);
        }
    }

    /**
     * Answers with a page.
     *
     * @param model of its own; what all pages show is put to it
     */
    public void show(RoutingContext ctx, String page, Map<String, Object> model) {
        show(ctx, 200, page, model);
    }

    public void show(RoutingContext ctx, int status, String page, Map<String, Object> model) {
        model.put("csrf", tokens.issue(ctx));
        model.put("who", who(ctx));
        model.put("may", Allowed.of(visitors.of(ctx)));
        sender.send(ctx, status, HTML, Buffer.buffer(pages.render(page, model)));
    }

    /** A model of a page that {@code app.js} renews when something happens. */
    public static Map<String, Object> live(ClusterSnapshot snapshot) {
        Map<String, Object> model = new HashMap<>();
        model.put("lastEvent", snapshot.lastEvent());
        model.put("eventTypes", EVENT_TYPES);
        return model;
    }

    /** Empty: nobody is asked. */
    private String who(RoutingContext ctx) {
        Caller visitor = visitors.of(ctx);
        return visitors.asked() ? visitor.name() + ", " + visitor.role().name().toLowerCase(Locale.ROOT) : "";
    }

    /** Who sends the request. */
    public Caller visitor(RoutingContext ctx) {
        return visitors.of(ctx);
    }

    /** Who sends the request, and that he does so here. */
    public Caller caller(RoutingContext ctx) {
        Caller caller = visitors.of(ctx);
        return new Caller(caller.name(), caller.role(), "the dashboard at " + caller.from(), caller.deployments());
    }

    /**
     * Answers what went wrong.
     *
     * @param page with what was typed, where whoever typed it can do something about it
     */
    public static void refuse(RoutingContext ctx, Throwable failure, Consumer<KnitException> page) {
        if (failure instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            page.accept(expected);
        } else {
            ctx.fail(failure);
        }
    }

    /** Of a page that says what was refused. */
    public static int status(KnitException expected) {
        return switch (expected.code().kind()) {
            case USER -> expected.code() == ErrorCode.FORBIDDEN ? 403 : 400;
            case CONFLICT -> 409;
            default -> 503;
        };
    }

    /** After what was done. */
    public static void seeOther(RoutingContext ctx, String to) {
        ctx.response().setStatusCode(303).putHeader("Location", to).end();
    }

    /** All there are, since a browser's EventSource hands out named events only to who asks for them by name. */
    private static String eventTypes() {
        List<String> types = new ArrayList<>(List.of("reset"));
        types.addAll(EventTypes.ALL);
        return String.join(" ", types);
    }
}
