package io.knit.api.spi;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as people write them: {@code 512MiB}, {@code 1GiB}, {@code 1000B}. A unit is 1024 times the one before it. */
public final class Sizes {
    /** The one form, as a regular expression for who checks texts elsewhere. */
    public static final String PATTERN = "\\d{1,18}(B|KiB|MiB|GiB|TiB)";

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /**
     * The bytes.
     *
     * @return empty: it is no size, or more than there are numbers for
     */
    public static Optional<Long> of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(form.group(1));
        int shift = 0;
        while (!UNITS[shift / 10].equals(form.group(2))) {
            shift += 10;
        }
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
    }

    /** As {@link #of} reads it, in the largest unit that leaves nothing over. */
    public static String text(long bytes) {
        int unit = 0;
        long number = bytes;
        while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + UNITS[unit];
    }
}
