package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out the web pages of others. A page can make its visitor's browser talk to this server in two ways: by a name of its own
 * that it points to this server's address (so a name must be ours; an address can't be pointed elsewhere), or by a form or
 * script that sends from its origin to ours (so what changes something must come from our own origin, or from no page at all).
 */
public final class HostGuard {
    private static final Pattern IP_V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IP_V6 = Pattern.compile("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");
    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final Set<String> PROBES = Set.of("/ping", "/healthz", "/readyz");

    private final String boundHost;
    private final boolean anyName;

    /** @param anyName whether who comes by a name that others point here can do nothing: he must show who he is, or saw a certificate of that name */
    public HostGuard(String boundHost, boolean anyName) {
        this.anyName = anyName;
        this.boundHost = boundHost.toLowerCase(Locale.ROOT);
    }

    public void check(RoutingContext ctx) {
        KnitException refusal = refusal(ctx.request());
        if (refusal == null) {
            ctx.next();
        } else {
            ctx.fail(refusal);
        }
    }

    private @Nullable KnitException refusal(HttpServerRequest request) {
        if (isProbe(request)) {
            return null;
        }
        HostAndPort authority = request.authority();
        if (authority == null || request.headers().getAll("Host").size() > 1) {
            return new KnitException(
                    ErrorCode.FORBIDDEN,
                    "the Host header is missing, malformed or given twice; send one with the server's address");
        }
        if (!isOurs(authority.host())) {
            return new KnitException(
                    ErrorCode.FORBIDDEN,
                    "the host in the address is not one of this server's; use its IP address or localhost, or turn tokens on: then any name is taken");
        }
        // a WebSocket is opened by GET, and then does more than read; browsers let any page open one
        if (READS.contains(request.method()) && !request.headers().contains("Upgrade")) {
            return null;
        }
        // all of them: of two, who passes requests on and we might each believe another one
        String host = request.getHeader("Host");
        boolean foreign = request.headers().getAll("Origin").stream()
                .anyMatch(origin ->
                        !origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host));
        boolean crossSite = request.headers().getAll("Sec-Fetch-Site").stream()
                .anyMatch(site -> !site.equals("same-origin") && !site.equals("none"));
        return foreign || crossSite
                ? new KnitException(
                        ErrorCode.FORBIDDEN,
                        "the request comes from a page of another site; only pages of this server may change something. If this is its own page and"
                                + " a proxy stands in between, have that pass the Host header on as it came")
                : null;
    }

    /** What load balancers send to see whether the server lives: HTTP/1.0 without a Host, which no browser does. */
    private static boolean isProbe(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_0
                && !request.headers().contains("Host")
                && READS.contains(request.method())
                && PROBES.contains(request.path());
    }

    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return anyName
                || name.equals(boundHost)
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || IP_V4.matcher(name).matches()
                || IP_V6.matcher(name).matches();
    }
}
