package io.knit.core.server.compose.take;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as Compose files write them. */
final class Amounts {
    private static final Pattern TIMES = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h|d|w)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([bkmgtp]?)(?:i?b)?");
    private static final String UNITS = "bkmgtp";
    private static final BigDecimal LONGEST =
            new BigDecimal(Duration.ofDays(10_000).toNanos());
    private static final Map<String, Duration> TIME = Map.of(
            "ns", Duration.ofNanos(1),
            "us", Duration.ofNanos(1_000),
            "µs", Duration.ofNanos(1_000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private Amounts() {}

    /** {@code 1m30s}, {@code 500ms}; empty: it is none. What is finer than a millisecond is cut off. */
    static Optional<Duration> time(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher parts = TIMES.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            Duration unit = TIME.getOrDefault(parts.group(2), Duration.ZERO);
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit.toNanos())));
            end = parts.end();
        }
        return end == 0 || end < text.length() || nanos.compareTo(LONGEST) > 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(nanos.longValue() / 1_000_000));
    }

    /** {@code 64m}, {@code 1.5gb}, {@code 1024}, in bytes, as powers of 1024; empty: it is none. */
    static Optional<Long> size(String text) {
        Matcher parts = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return Optional.empty();
        }
        int power = Math.max(0, UNITS.indexOf(parts.group(2).isEmpty() ? "b" : parts.group(2)));
        BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(bytes.longValue());
    }
}
