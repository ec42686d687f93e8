package io.knit.api.spi;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them on a command line. */
public final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 3s}, {@code 2m}, {@code 1h} or ISO-8601; must be above zero.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION}, naming {@code key}
     */
    public static Duration parse(String key, String text) {
        Duration duration = read(text);
        if (duration.isNegative() || duration.isZero()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    key + " is \"" + text + "\"; give a duration above zero such as 500ms, 3s, 2m or 1h");
        }
        return duration;
    }

    private static Duration read(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (!matcher.matches()) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                return Duration.ZERO;
            }
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
