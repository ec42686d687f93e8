package io.knit.core.server.webhook.delivery;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** What a receiver says of when to come again. Pure. */
final class RetryAfter {
    private RetryAfter() {}

    /**
     * How long it asks to wait: {@code Retry-After} in seconds, or as a date, which counts from the answer's own {@code Date}: its clock may differ from ours. Zero: it does not ask, or in no form
     * that there is.
     */
    static Duration in(MultiMap headers) {
        String asked = headers.get("retry-after");
        if (asked == null) {
            return Duration.ZERO;
        }
        if (asked.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(asked));
        }
        String now = headers.get("date");
        try {
            Duration wait = now == null ? Duration.ZERO : Duration.between(date(now), date(asked));
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    private static ZonedDateTime date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
