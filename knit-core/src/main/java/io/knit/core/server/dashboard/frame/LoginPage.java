package io.knit.core.server.dashboard.frame;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a visitor shows a token once, and leaves again. */
public final class LoginPage {
    public static final String PATH = "/dashboard/login";

    /** Where he leaves. */
    public static final String OUT = "/dashboard/logout";

    /** Which page he is brought to then; left out: the dashboard. */
    static final String TO = "to";

    public static final Set<String> PARAMETERS = Set.of(TO);

    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "token", TO);

    /** Pages of ours that stand for themselves, and nothing else: a link to the login can't lead anybody off. */
    private static final Pattern PAGE =
            Pattern.compile("/dashboard/(nodes/[A-Za-z0-9._-]{1,253}(/images)?|values|compose|volumes|images)");

    private static final String OLD_PAGE =
            "This page was opened before the server was last started. Please show the token again.";

    private final Visitors visitors;
    private final CsrfTokens tokens;
    private final Pages pages;
    private final Frame.Sender sender;

    LoginPage(Visitors visitors, CsrfTokens tokens, Pages pages, Frame.Sender sender) {
        this.visitors = visitors;
        this.tokens = tokens;
        this.pages = pages;
        this.sender = sender;
    }

    void mount(Router router) {
        Frame.get(router, PATH, this::show);
        router.post(PATH).handler(this::logIn);
        // where a refused form leaves the browser
        Frame.lead(router, OUT, "/dashboard");
        router.post(OUT).handler(this::logOut);
    }

    private void show(RoutingContext ctx) {
        if (visitors.asked()) {
            page(ctx, 200, "");
        } else {
            ctx.redirect(page(ctx.request().getParam(TO)));
        }
    }

    /** The address of the login whose end is that page. */
    public static String leadingTo(String path) {
        return PAGE.matcher(path).matches() ? PATH + "?" + TO + "=" + path : PATH;
    }

    private static String page(@Nullable String wanted) {
        return wanted != null && PAGE.matcher(wanted).matches() ? wanted : "/dashboard";
    }

    private void logIn(RoutingContext ctx) {
        if (!tokens.valid(ctx)) {
            page(ctx, 403, OLD_PAGE);
            return;
        }
        String token = Objects.requireNonNullElse(ctx.request().getFormAttribute("token"), "");
        Optional<KnitException> refusal = visitors.logIn(ctx, token.strip());
        if (refusal.isEmpty()) {
            ctx.response()
                    .setStatusCode(303)
                    .putHeader("Location", page(ctx.request().getFormAttribute(TO)))
                    .end();
        } else {
            int status = refusal.get().code() == ErrorCode.TOO_MANY_REQUESTS ? 429 : 401;
            page(ctx, status, refusal.get().getMessage());
        }
    }

    private void logOut(RoutingContext ctx) {
        if (tokens.valid(ctx)) {
            visitors.logOut(ctx);
        }
        ctx.response().setStatusCode(303).putHeader("Location", PATH).end();
    }

    private void page(RoutingContext ctx, int status, String problem) {
        sender.send(ctx, status, "text/html; charset=utf-8", Buffer.buffer(html(ctx, problem)));
    }

    /** Null: he came to the login itself. */
    private static @Nullable String to(HttpServerRequest request) {
        String typed = request.getFormAttribute(TO);
        String asked = typed == null ? request.getParam(TO) : typed;
        if (asked != null) {
            return asked;
        }
        String path = request.path();
        return PAGE.matcher(path).matches() ? path : Back.from(request, false).address();
    }

    /** @param problem why he has to; empty: he came by himself */
    String html(RoutingContext ctx, String problem) {
        Map<String, Object> model = new HashMap<>();
        model.put("csrf", tokens.issue(ctx));
        model.put("problem", problem);
        model.put("to", page(to(ctx.request())));
        return pages.render("login.peb", model);
    }
}
