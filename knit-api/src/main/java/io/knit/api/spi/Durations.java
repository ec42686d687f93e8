package io.knit.api.spi;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h30m}. */
public final class Durations {
    /** The one form, as a regular expression for who checks texts elsewhere: the largest unit first, each once at most. */
    public static final String PATTERN = "(?=.)(\\d{1,9}h)?(\\d{1,9}m)?(\\d{1,9}s)?(\\d{1,9}ms)?";

    private static final Pattern FORM = Pattern.compile(PATTERN);

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 3s}, {@code 1h30m}; zero is {@code 0s}.
     *
     * @return empty: it is none
     */
    public static Optional<Duration> of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofHours(number(form.group(1), 1))
                .plusMinutes(number(form.group(2), 1))
                .plusSeconds(number(form.group(3), 1))
                .plusMillis(number(form.group(4), 2)));
    }

    /** As {@link #of} reads it, in milliseconds: what is less than one is left out. Never negative. */
    public static String text(Duration duration) {
        Duration whole = duration.isNegative() ? Duration.ZERO : duration;
        String text = part(whole.toHours(), "h")
                + part(whole.toMinutesPart(), "m")
                + part(whole.toSecondsPart(), "s")
                + part(whole.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text;
    }

    /**
     * Reads what {@link #of} does, or ISO-8601; must be above zero.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION}, naming {@code key}
     */
    public static Duration parse(String key, String text) {
        Duration duration = of(text).orElseGet(() -> iso(text));
        if (duration.isNegative() || duration.isZero()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    key + " is \"" + text + "\"; give a duration above zero such as 500ms, 3s, 2m or 1h");
        }
        return duration;
    }

    /**
     * The same, where {@code 0s} is one, too.
     *
     * @param zero what that is given for, as in {@code to keep them for ever}
     * @throws KnitException with {@code INVALID_CONFIGURATION}, naming {@code key}
     */
    public static Duration parseOrZero(String key, String text, String zero) {
        Duration duration = of(text).orElseGet(() -> iso(text));
        if (duration.isNegative() || duration.isZero() && of(text).isEmpty()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    key + " is \"" + text + "\"; give a duration such as 90s, 30m or 72h, or 0s " + zero);
        }
        return duration;
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }

    private static long number(@Nullable String part, int unit) {
        return part == null ? 0 : Long.parseLong(part.substring(0, part.length() - unit));
    }
}
