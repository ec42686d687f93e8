package io.knit.core.rules.node;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code >} and {@code <} compare: a number, or a version part by part. */
final class Magnitude implements Comparable<Magnitude> {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}(?:\\.\\d{1,30})?");
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,9}(?:\\.\\d{1,9}){0,9})(?:[-+~_].{0,200})?");
    /** One that can't be taken for a number: {@code v2}, {@code 1.2.3}. */
    private static final Pattern ONLY_VERSION = Pattern.compile("v.*|\\d+\\.\\d+\\..*");

    private final BigDecimal[] parts;

    private Magnitude(BigDecimal... parts) {
        this.parts = parts;
    }

    static boolean isOnlyVersion(String text) {
        return ONLY_VERSION.matcher(text).matches();
    }

    /** Null: it is none. */
    static @Nullable Magnitude of(String text, boolean version) {
        if (!version) {
            return NUMBER.matcher(text).matches() ? new Magnitude(new BigDecimal(text)) : null;
        }
        Matcher form = VERSION.matcher(text);
        return form.matches()
                ? new Magnitude(Arrays.stream(form.group(1).split("\\."))
                        .map(BigDecimal::new)
                        .toArray(BigDecimal[]::new))
                : null;
    }

    /** What a version does not say is 0; what stands behind its numbers is of no account. */
    @Override
    public int compareTo(Magnitude other) {
        for (int i = 0; i < Math.max(parts.length, other.parts.length); i++) {
            int order = part(i).compareTo(other.part(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private BigDecimal part(int i) {
        return i < parts.length ? parts[i] : BigDecimal.ZERO;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Magnitude magnitude && compareTo(magnitude) == 0;
    }

    @Override
    public int hashCode() {
        return part(0).stripTrailingZeros().hashCode();
    }
}
