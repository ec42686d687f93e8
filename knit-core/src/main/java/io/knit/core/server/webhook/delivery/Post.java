package io.knit.core.server.webhook.delivery;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;

/**
 * Sends what webhooks are sent. Obligations: 1. never blocks; 2. ends within {@link #LONGEST}, whatever the receiver does; 3. follows no redirects and reads no more of an
 * answer than its head; 4. fails with words that name neither the URL nor anything that is signed with.
 */
@FunctionalInterface
public interface Post {
    /** In which a receiver must have answered. */
    Duration LONGEST = Duration.ofSeconds(20);

    /** Where nothing can be sent. */
    Post NONE = (url, headers, body) -> Future.failedFuture(new KnitException(
            ErrorCode.INVALID_CONFIGURATION, "this server runs on a loop of its own and sends nothing by itself"));

    /**
     * What the receiver said.
     *
     * @param asked how long it asks to wait ({@code Retry-After}); zero: it does not
     */
    record Answer(int status, Duration asked) {
        boolean isGood() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * Sends by {@code POST}. May be called from any thread, and completes on any.
     *
     * @param body JSON
     */
    Future<Answer> send(String url, Map<String, String> headers, String body);
}
