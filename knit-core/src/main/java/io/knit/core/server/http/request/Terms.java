package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a change is asked for.
 *
 * @param dryRun only what it would do is asked
 * @param patience how long the answer may wait until the change has settled; null: it does not
 * @param ifRevision the revision that the caller knows; 0: he knows that there is none; null: he does not say
 */
public record Terms(
        boolean dryRun,
        @Nullable Duration patience,
        @Nullable Integer ifRevision) {
    private static final String VOLUMES = "volumes";

    /** The query's parameters of a change that settles. */
    public static final Set<String> PARAMETERS = Set.of("dry_run", "wait");

    /** The query's parameters of what ends a deployment. */
    public static final Set<String> OF_END = Set.of("dry_run", "wait", VOLUMES);

    /** The query's parameters of a change that is done with its answer. */
    public static final Set<String> AT_ONCE = Set.of("dry_run");

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m)");
    private static final Pattern NUMBER = Pattern.compile("\"?(\\d{1,9})\"?");

    /** As an answer's {@code ETag} has it: what the deployment was like besides its revision is nothing that a change rests on. */
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"(\\d{1,9})-[\\w-]{1,64}\"");

    /** @throws KnitException if something of it can't be understood: passed over, it would be done otherwise than asked */
    public static Terms of(HttpServerRequest request) {
        return of(request, false);
    }

    /**
     * The same.
     *
     * @param dryRun whether the body asks only what it would do
     * @throws KnitException likewise
     */
    public static Terms of(HttpServerRequest request, boolean dryRun) {
        Terms terms = new Terms(dryRun || dryRun(request), patience(request), ifRevision(request));
        if (terms.dryRun() && terms.patience() != null) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "a dry run changes nothing that could be waited for; leave out wait");
        }
        return terms;
    }

    /** Of changes of what has no revisions, all but those that are given, as {@code POST /path}. */
    public static void mount(Router router, Map<String, String> paths, Set<String> withRevision) {
        paths.forEach((path, methods) -> {
            Set<HttpMethod> changes = Arrays.stream(methods.split(", "))
                    .filter(method -> !method.equals("GET") && !method.equals("HEAD"))
                    .filter(method -> !withRevision.contains(method + " " + path))
                    .map(HttpMethod::valueOf)
                    .collect(Collectors.toSet());
            if (!changes.isEmpty()) {
                Route route = router.route(path);
                changes.forEach(route::method);
                route.handler(ctx -> {
                    requireUnconditional(ctx.request());
                    ctx.next();
                });
            }
        });
    }

    private static void requireUnconditional(HttpServerRequest request) {
        if (request.headers().contains("If-Match") || request.headers().contains("If-None-Match")) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "this has no revisions; leave out If-Match and If-None-Match");
        }
    }

    /** Whether volumes are to go with their deployment. */
    public static boolean volumes(HttpServerRequest request) {
        return isSet(request, VOLUMES);
    }

    private static boolean dryRun(HttpServerRequest request) {
        return isSet(request, "dry_run");
    }

    public static boolean isSet(HttpServerRequest request, String name) {
        String text = request.getParam(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + name + " is " + Pointers.quoted(text) + "; give true or false. Nothing was done");
    }

    private static @Nullable Duration patience(HttpServerRequest request) {
        String text = request.getParam("wait");
        if (text == null) {
            return null;
        }
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            long number = Long.parseLong(time.group(1));
            Duration patience = switch (time.group(2)) {
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
            };
            if (!patience.isZero() && patience.compareTo(LONGEST) <= 0) {
                return patience;
            }
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter wait is " + Pointers.quoted(text)
                        + "; give a time of at most 10m, as 90s, 2m or 500ms. Nothing was done");
    }

    private static @Nullable Integer ifRevision(HttpServerRequest request) {
        List<String> match = request.headers().getAll("If-Match");
        List<String> none = request.headers().getAll("If-None-Match");
        if (match.isEmpty() && none.isEmpty()) {
            return null;
        }
        if (match.isEmpty() && none.size() == 1 && none.get(0).strip().equals("*")) {
            return 0;
        }
        if (none.isEmpty() && match.size() == 1) {
            String given = match.get(0).strip();
            Matcher tag = TAG.matcher(given);
            Matcher number = tag.matches() ? tag : NUMBER.matcher(given);
            if (number.matches() && Integer.parseInt(number.group(1)) > 0) {
                return Integer.valueOf(number.group(1));
            }
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "what the request says of the revision is not understood; give either If-Match with the revision that you know, as"
                        + " If-Match: \"3\", or If-None-Match: * for a deployment that there is not yet. Nothing was done");
    }
}
