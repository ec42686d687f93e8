package io.knit.core.server.http.access;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.TokenText;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.dashboard.frame.CookieName;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.dashboard.frame.LoginPage;
import io.knit.core.server.dashboard.frame.Visitors;
import io.knit.core.server.http.request.Version;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request, before anything of its body is read, and turns away who may not. Lives on the HTTP server's context. */
public final class Gate implements Visitors {
    private static final String CALLER = "knit.caller";
    private static final String STANDING = "knit.standing";
    private static final String CHECKED = "knit.checked";
    private static final String BEARER = "bearer ";
    private static final String ENDED = "your session has ended, and nothing was done; log in, and send it again";
    private static final String ASKED = "Bearer realm=\"knit\"";

    private final Orchestrator orchestrator;
    private final Listening listening;
    private final CookieName cookieName;
    private final Sessions sessions;
    private final FailedLogins failed = new FailedLogins();
    private final Supplier<Duration> elapsed;

    /**
     * @param secrets what nobody can guess
     * @param elapsed a clock that only goes forward
     */
    public Gate(Orchestrator orchestrator, Listening listening, IdSource secrets, Supplier<Duration> elapsed) {
        this.orchestrator = orchestrator;
        this.listening = listening;
        this.cookieName =
                new CookieName("knit_session", () -> orchestrator.snapshot().cluster());
        this.sessions = new Sessions(secrets);
        this.elapsed = elapsed;
    }

    /**
     * Comes before whoever reads bodies, and is asked about all other paths, too.
     *
     * @param checks an empty router: who may everything passes it by with one look, and not along each path
     */
    public void mount(Router router, Router checks, Collection<String> paths) {
        router.route().handler(this::identify);
        paths.forEach(path -> {
            checks.route(path).handler(ctx -> check(ctx, path));
            checks.route(Version.PREFIX + path).handler(ctx -> check(ctx, path));
        });
        checks.route().handler(Gate::checkRest);
        router.route("/*").handler(ctx -> {
            if (isWhole(ctx.get(CALLER))) {
                ctx.next();
            } else {
                checks.handleContext(ctx);
            }
        });
    }

    private static boolean isWhole(@Nullable Caller caller) {
        return caller != null && caller.role() == Caller.Role.ADMIN && caller.isForAll();
    }

    private void identify(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!RouteRights.isOpen(
                request.method().name(),
                request.path().substring(Version.prefix(request).length()))) {
            Caller caller = known(ctx);
            if (caller == null && request.method() == HttpMethod.GET && Frame.isLookedAt(request)) {
                ctx.response()
                        .setStatusCode(303)
                        .putHeader("Location", LoginPage.leadingTo(request.path()))
                        .end();
                return;
            }
            if (caller == null) {
                ctx.response().putHeader("WWW-Authenticate", ASKED);
                throw new KnitException(
                        ErrorCode.UNAUTHENTICATED,
                        Frame.isLookedAt(request)
                                ? ENDED
                                : "this server asks for a token; send one as \"Authorization: Bearer knit_…\" (knit: KNIT_TOKEN or --token-file)");
            }
            ctx.put(CALLER, caller);
        }
        ctx.next();
    }

    private static void check(RoutingContext ctx, String path) {
        String method = ctx.request().method().name();
        Right right = RouteRights.of(method, path);
        ctx.put(CHECKED, true);
        if (right != Right.OPEN) {
            Policy.check(
                    right,
                    caller(ctx),
                    deployment(ctx),
                    method + " " + ctx.request().path());
        }
        ctx.next();
    }

    /** Which one the path is about; null: it is about none. */
    private static @Nullable String deployment(RoutingContext ctx) {
        String named = ctx.pathParam("deployment");
        return named == null ? ctx.pathParam("name") : named;
    }

    /** What no row is known of, nobody is shown but who may everything: a route that was forgotten there is no hole. */
    private static void checkRest(RoutingContext ctx) {
        if (ctx.get(CHECKED) == null) {
            throw new KnitException(ErrorCode.NOT_FOUND, "there is nothing at this path");
        }
        ctx.next();
    }

    /** Who sends the request. */
    public static Caller caller(RoutingContext ctx) {
        Caller caller = ctx.get(CALLER);
        if (caller == null) {
            throw new IllegalStateException("nobody is asked who he is here");
        }
        return caller;
    }

    /** Whether who sent the request may still read what it opened: his token may be revoked meanwhile, and his session end. */
    public static BooleanSupplier standing(RoutingContext ctx) {
        BooleanSupplier standing = ctx.get(STANDING);
        return standing == null ? () -> true : standing;
    }

    /** Of who has opened something by a token that is worth nothing any more. */
    public static KnitException ended() {
        return new KnitException(
                ErrorCode.UNAUTHENTICATED, "the token that this was asked with was revoked, or has expired");
    }

    /** Null: he says nothing, and would have to. */
    private @Nullable Caller known(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String from = request.remoteAddress().hostAddress();
        String token = bearer(request);
        if (token != null && (listening.tokens() || TokenText.nameIn(token).isPresent())) {
            return by(ctx, token, from, () -> true).orElseThrow(() -> wrong(ctx, from));
        }
        String session = session(request);
        String kept = session == null ? null : sessions.token(session, elapsed.get());
        Optional<Caller> visitor = kept == null
                ? Optional.empty()
                : by(ctx, kept, from, () -> sessions.token(Objects.requireNonNull(session), elapsed.get()) != null);
        return visitor.orElseGet(() -> listening.tokens() ? null : Caller.anonymous(from));
    }

    /** @param still whether what brought the token counts still: a session ends before its token does */
    private Optional<Caller> by(RoutingContext ctx, String token, String from, BooleanSupplier still) {
        Optional<Caller> caller = orchestrator.callerBy(token, from);
        caller.ifPresent(known -> ctx.put(STANDING, (BooleanSupplier)
                () -> still.getAsBoolean() && orchestrator.callerBy(token, from).equals(caller)));
        return caller;
    }

    /** The word of the browser's session. It counts for what is read, and on the dashboard's own pages, whose forms are known by a word of theirs. */
    private @Nullable String session(HttpServerRequest request) {
        boolean counts = request.method() == HttpMethod.GET
                || request.method() == HttpMethod.HEAD
                || Frame.isOfDashboard(request);
        Cookie cookie = counts && request.cookieCount() > 0 ? request.getCookie(cookieName.toString()) : null;
        return cookie == null ? null : cookie.getValue();
    }

    @Override
    public Caller of(RoutingContext ctx) {
        return caller(ctx);
    }

    @Override
    public boolean asked() {
        return listening.tokens();
    }

    @Override
    public Optional<KnitException> logIn(RoutingContext ctx, String token) {
        String from = ctx.request().remoteAddress().hostAddress();
        if (orchestrator.callerBy(token, from).isEmpty()) {
            return Optional.of(wrong(ctx, from));
        }
        ctx.response().addCookie(cookie(sessions.begin(token, elapsed.get())));
        return Optional.empty();
    }

    @Override
    public void logOut(RoutingContext ctx) {
        Cookie cookie = ctx.request().getCookie(cookieName.toString());
        if (cookie != null) {
            sessions.end(cookie.getValue());
        }
        ctx.response().addCookie(cookie("").setMaxAge(0));
    }

    private Cookie cookie(String word) {
        return Cookie.cookie(cookieName.toString(), word)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(listening.isSecure())
                .setSameSite(CookieSameSite.STRICT);
    }

    /** What to tell somebody whose token is worth nothing; it is not said why. */
    private KnitException wrong(RoutingContext ctx, String from) {
        Duration wait = failed.failed(from, elapsed.get());
        if (!wait.isZero()) {
            long seconds = Math.max(1, wait.toSeconds());
            ctx.response().putHeader("Retry-After", Long.toString(seconds));
            return new KnitException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "too many wrong tokens came from this address; try again in " + seconds + " s, with a right one");
        }
        ctx.response().putHeader("WWW-Authenticate", ASKED + ", error=\"invalid_token\"");
        return new KnitException(
                ErrorCode.UNAUTHENTICATED,
                "the token is not one of this server's, has expired or was revoked; have an admin make another (knit token create)");
    }

    /** What stands in the header; null: no token is shown. */
    private @Nullable String bearer(HttpServerRequest request) {
        List<String> all = request.headers().getAll("Authorization");
        if (all.size() > 1 && listening.tokens()) {
            throw new KnitException(
                    ErrorCode.UNAUTHENTICATED, "the Authorization header is given " + all.size() + " times; send one");
        }
        String text = all.isEmpty() ? "" : all.get(0);
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? text.substring(BEARER.length()).strip()
                : null;
    }
}
