package io.knit.core.server.http;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
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
final class HostGuard {
    private static final Pattern IP_V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IP_V6 = Pattern.compile("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");
    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final String boundHost;

    HostGuard(String boundHost) {
        this.boundHost = boundHost.toLowerCase(Locale.ROOT);
    }

    void check(RoutingContext ctx) {
        KnitException refusal = refusal(ctx.request());
        if (refusal == null) {
            ctx.next();
        } else {
            ctx.fail(refusal);
        }
    }

    private @Nullable KnitException refusal(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null || request.headers().getAll("Host").size() > 1) {
            return new KnitException(
                    ErrorCode.FORBIDDEN,
                    "the Host header is missing, malformed or given twice; send one with the server's address");
        }
        if (!isOurs(authority.host())) {
            return new KnitException(
                    ErrorCode.FORBIDDEN,
                    "the host in the address is not one of this server's; use its IP address or localhost");
        }
        if (READS.contains(request.method())) {
            return null;
        }
        String origin = request.getHeader("Origin");
        boolean foreign = origin != null
                && !origin.equalsIgnoreCase("http://" + request.getHeader("Host"))
                && !origin.equalsIgnoreCase("https://" + request.getHeader("Host"));
        String site = request.getHeader("Sec-Fetch-Site");
        boolean crossSite = site != null && !site.equals("same-origin") && !site.equals("none");
        return foreign || crossSite
                ? new KnitException(
                        ErrorCode.FORBIDDEN,
                        "the request comes from a page of another site; only pages of this server may change something")
                : null;
    }

    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals(boundHost)
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || IP_V4.matcher(name).matches()
                || IP_V6.matcher(name).matches();
    }
}
