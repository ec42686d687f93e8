package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.Nearest;
import io.knit.core.server.admission.Pointers;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Refuses query parameters that a path does not have, and those given twice. A parameter that is passed over in silence makes
 * {@code ?dry_run=true} deploy for real.
 */
public final class QueryCheck {
    /** Under which a request's context has the path of the table that it asks for. */
    public static final String ROUTE = "knit.route";

    /** The words of a command come one by one, and the nodes that images are on. */
    private static final Set<String> REPEATED = Set.of("command", "/images/:name node", "/images node");

    /** Of more than 1,024 the others are left out without a word by what takes a query apart. */
    private static final int MOST = 1_000;

    private QueryCheck() {}

    /**
     * Comes before the handlers of these paths.
     *
     * @param paths with the methods of each, {@code GET, HEAD}
     * @param known parameters of the paths that have any; where only one method of a path has them, by {@code POST /path}
     */
    public static void mount(Router router, Map<String, String> paths, Map<String, Set<String>> known) {
        paths.forEach((path, methods) -> {
            Set<String> allowed = Set.of(methods.split(", "));
            router.route(path).handler(ctx -> {
                ctx.put(ROUTE, path);
                String method = ctx.request().method().name();
                if (allowed.contains(method)) {
                    Set<String> ofAll = known.getOrDefault(path, Set.of());
                    check(ctx, known.getOrDefault(method + " " + path, ofAll));
                } else {
                    // what the parameters of another method would be nobody knows
                    ctx.next();
                }
            });
        });
    }

    private static void check(RoutingContext ctx, Set<String> known) {
        count(ctx.request().query());
        Set<String> seen = new HashSet<>();
        // the entries: the names would be folded to one case
        ctx.queryParams().forEach((name, value) -> {
            if (!known.contains(name)) {
                throw new KnitException(
                        ErrorCode.UNKNOWN_PARAMETER,
                        "there is no query parameter " + Pointers.quoted(name) + " here; " + hint(name, known));
            }
            if (!seen.add(name) && !REPEATED.contains(name) && !REPEATED.contains(ctx.get(ROUTE) + " " + name)) {
                throw new KnitException(
                        ErrorCode.DUPLICATE_VALUE, "the query parameter " + name + " is given twice; give it once");
            }
        });
        ctx.next();
    }

    private static void count(@Nullable String query) {
        long all = query == null
                ? 0
                : 1 + query.chars().filter(c -> c == '&' || c == ';').count();
        if (all > MOST) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the query has " + all + " parameters, and there may be " + MOST
                            + "; of a long command give a script by standard input, of many nodes ask for some at a time");
        }
    }

    static String hint(String name, Set<String> known) {
        return Nearest.to(name, known, 1)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse(
                        known.isEmpty()
                                ? "remove it, nothing was done"
                                : "remove it; known are " + String.join(", ", new TreeSet<>(known)));
    }
}
