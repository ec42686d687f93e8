package io.knit.core.server.webhook.delivery;

import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.webhook.WebhookCommands;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Over HTTP, on Vert.x's threads. */
public final class HttpPost implements Post {
    private static final int MOST_ANSWER = 64 << 10;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final HttpClient client;
    private final Duration longest;

    public HttpPost(Vertx vertx) {
        this(vertx, LONGEST);
    }

    HttpPost(Vertx vertx, Duration longest) {
        this.longest = longest;
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) CONNECT.toMillis())
                        .setIdleTimeout((int) LONGEST.toSeconds() * 2)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxRedirects(0),
                // a line sends one message after the other, and all may lead to one receiver: none waits for another's
                // answer
                new PoolOptions().setHttp1MaxSize(WebhookCommands.MOST));
    }

    public Future<Void> close() {
        return client.close();
    }

    @Override
    public Future<Answer> send(String url, Map<String, String> headers, String body) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(url)
                .setFollowRedirects(false)
                .putHeader("content-type", "application/json")
                .putHeader("user-agent", "Knit/" + KnitVersion.current());
        headers.forEach(options::putHeader);
        Attempt attempt = new Attempt();
        return client.request(options)
                .compose(request -> attempt.send(request, body))
                .timeout(longest.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(e -> attempt.giveUp())
                .map(this::answer)
                .recover(e -> Future.failedFuture(new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, words(e), e)));
    }

    /** What is given up is not sent later, when there is a connection for it at last. Thread-safe. */
    private static final class Attempt {
        private @Nullable HttpClientRequest begun;
        private boolean givenUp;

        synchronized Future<HttpClientResponse> send(HttpClientRequest request, String body) {
            begun = request;
            if (givenUp) {
                request.reset();
                return Future.failedFuture("given up");
            }
            return request.send(body);
        }

        synchronized void giveUp() {
            givenUp = true;
            if (begun != null) {
                begun.reset();
            }
        }
    }

    /** Its body is of no interest, and must not cost anything: a connection on which much of it comes, or which it does not leave in time, is closed. */
    private Answer answer(HttpClientResponse response) {
        long[] bytes = {0};
        response.end()
                .timeout(longest.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(e -> response.request().connection().close());
        response.exceptionHandler(broken -> bytes[0] = 0).handler(piece -> {
            bytes[0] += piece.length();
            if (bytes[0] > MOST_ANSWER) {
                response.request().connection().close();
            }
        });
        return new Answer(response.statusCode(), RetryAfter.in(response.headers()));
    }

    private String words(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "did not answer within " + longest.toSeconds() + " s";
        }
        if (failure instanceof UnknownHostException) {
            return "its host has no address";
        }
        if (failure instanceof SSLException) {
            return "its TLS certificate is not trusted here or is another host's, or it speaks no TLS";
        }
        return failure instanceof ConnectException ? "could not be reached" : "broke the connection off";
    }
}
