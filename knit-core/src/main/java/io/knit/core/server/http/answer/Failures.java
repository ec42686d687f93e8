package io.knit.core.server.http.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.http.connection.Connections;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.http.request.RequestId;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers whatever went wrong, always in the same form. What a client did (sent what is not HTTP, broke off) is counted and is
 * no line in the log: strangers could fill it.
 */
public final class Failures {
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
    /** In seconds. */
    public static final String RETRY_AFTER = "Retry-After";

    /** For how long what nobody wants is still taken of a browser. */
    private static final long REST_MILLIS = 30_000;

    private static final String MALFORMED = "the request is malformed; check its path, headers and encoding";

    private final Vertx vertx;
    private final Answers answers;
    private final LongAdder clientFaults = new LongAdder();

    public Failures(Vertx vertx, Answers answers) {
        this.vertx = vertx;
        this.answers = answers;
    }

    /** Connections and requests that broke off or were not HTTP; from any thread. */
    public long clientFaults() {
        return clientFaults.sum();
    }

    /** A connection that ended in the middle of something, or sent what no request is made of. */
    public void connection(Throwable why) {
        clientFaults.increment();
    }

    /** What does not parse as a request. */
    public void invalid(HttpServerRequest request) {
        clientFaults.increment();
        Throwable cause = request.decoderResult().cause();
        String words = MALFORMED;
        int status = 400;
        if (cause instanceof TooLongHttpLineException) {
            status = 414;
            words = "the path and its query are longer than the " + (HttpLimits.LONGEST_LINE >> 10)
                    + " KiB that the server reads; send less";
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = 431;
            words = "the headers are larger than the server reads; send fewer or shorter ones";
        }
        HttpServerResponse response = request.response();
        Headers.put(response);
        response.putHeader("Connection", "close");
        Problem problem = new Problem(new KnitException(ErrorCode.INVALID_VALUE, words), status);
        send(request, problem, null);
        request.connection().close();
    }

    /** Why the router can't be asked, which reads the path's escapes without care; null if it can. */
    public static @Nullable KnitException path(HttpServerRequest request) {
        String path = request.path();
        if (path == null || BAD_ESCAPE.matcher(path).find()) {
            return new KnitException(
                    ErrorCode.INVALID_VALUE, "the path has a % that no two digits follow; write %25 for a % in a name");
        }
        return null;
    }

    public void answer(HttpServerRequest request, KnitException why) {
        clientFaults.increment();
        Headers.put(request.response());
        send(request, new Problem(why), null);
    }

    /** @param shown what a person sees instead */
    public void answer(RoutingContext ctx, Frame.FailurePage shown) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (ctx.response().headWritten()) {
            ctx.request().connection().close();
            return;
        }
        Throwable cause = cause(ctx);
        boolean slow = cause instanceof KnitException known && known.code() == ErrorCode.TOO_SLOW;
        if (slow) {
            clientFaults.increment();
        }
        Problem problem = Problem.of(cause, RequestId.of(ctx.response()));
        String page = shown.of(ctx, problem.status(), problem.exception());
        if (hasMore(ctx.request())) {
            // who was waited for in vain is not waited for again
            hangUp(ctx, page != null && !slow);
        }
        send(ctx.request(), problem, page);
    }

    /** @param page null: a program is told */
    private void send(HttpServerRequest request, Problem problem, @Nullable String page) {
        HttpServerResponse response = request.response();
        if (ProblemStatus.retryable(problem.exception().code())
                && (problem.status() == 429 || problem.status() == 503)
                && !response.headers().contains(RETRY_AFTER)) {
            response.putHeader(RETRY_AFTER, "1");
        }
        if (problem.exception().code() == ErrorCode.UNAUTHENTICATED
                && !response.headers().contains("WWW-Authenticate")) {
            response.putHeader("WWW-Authenticate", "Bearer realm=\"knit\"");
        }
        response.setStatusCode(problem.status())
                .putHeader("Content-Type", page == null ? Problem.MEDIA_TYPE : "text/html; charset=utf-8");
        answers.end(request, Buffer.buffer(page == null ? problem.json(RequestId.of(response)) : page.getBytes(UTF_8)));
    }

    private static boolean hasMore(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        boolean body = request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
        return body && !request.isEnded();
    }

    /**
     * What is left of the body is not waited for; but closing at once could take the answer from the client. A browser reads it once all that it sends is taken, and where the
     * connection is closed before that, some show that alone, and not why.
     */
    private void hangUp(RoutingContext ctx, boolean browser) {
        HttpServerRequest request = ctx.request();
        ctx.response().putHeader("Connection", "close");
        ctx.addEndHandler(sent -> {
            if (browser && !request.isEnded()) {
                long late = closeAfter(request, REST_MILLIS);
                request.handler(piece -> {});
                request.exceptionHandler(why -> vertx.cancelTimer(late));
                request.endHandler(all -> {
                    vertx.cancelTimer(late);
                    closeAfter(request, Connections.FAREWELL_MILLIS);
                });
                request.resume();
            } else {
                closeAfter(request, Connections.FAREWELL_MILLIS);
            }
        });
    }

    private long closeAfter(HttpServerRequest request, long millis) {
        return vertx.setTimer(millis, late -> request.connection().close());
    }

    /** Vert.x Web fails requests of its own with a mere status. */
    private static Throwable cause(RoutingContext ctx) {
        Throwable failure = ctx.failure();
        int status = failure instanceof HttpException http ? http.getStatusCode() : ctx.statusCode();
        if (failure != null && !(failure instanceof HttpException)) {
            return failure instanceof KnitException || status < 400 || status >= 500 ? failure : malformed();
        }
        return switch (status) {
            case 404 -> new KnitException(ErrorCode.NOT_FOUND, "there is nothing at this path");
            default ->
                status >= 400 && status < 500
                        ? malformed()
                        : new IllegalStateException("failed with status " + status, failure);
        };
    }

    private static KnitException malformed() {
        return new KnitException(ErrorCode.INVALID_VALUE, MALFORMED);
    }
}
