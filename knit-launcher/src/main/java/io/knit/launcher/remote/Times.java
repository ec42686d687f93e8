package io.knit.launcher.remote;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as they are typed. */
final class Times {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Times() {}

    /** @throws IllegalArgumentException if it is no duration, or more than {@code most} */
    static Duration duration(String option, String text, Duration most) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(option + " must be a time such as 500ms, 90s, 10m or 2h");
        }
        Duration duration =
                Duration.ofMillis(Long.parseLong(matcher.group(1)) * MILLIS.getOrDefault(matcher.group(2), 0L));
        if (duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(option + " is at most " + most.toMinutes() + "m");
        }
        return duration;
    }

    /** A time as in RFC 3339, or how long ago. */
    static Instant since(String option, String text, Instant now) {
        if (DURATION.matcher(text).matches()) {
            return now.minus(duration(option, text, Duration.ofDays(3_650)));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    option + " must be a time such as 2026-11-26T12:00:00Z, or how long ago, such as 10m", e);
        }
    }
}
