package io.knit.core.template.text;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A value of nothing but null, booleans, numbers, strings, lists, and maps by their keys, for maps have no order that is the same on every machine. How deep it may be is bounded, since
 * what is deeper costs more to write at each step.
 */
final class Plain {
    private static final int MOST_DEEP = 64;

    private Plain() {}

    static @Nullable Object of(@Nullable Object value, String format) {
        return of(value, format, 0);
    }

    private static @Nullable Object of(@Nullable Object value, String format, int depth) {
        if (depth > MOST_DEEP) {
            throw new UnfitException(format + " takes lists and maps " + MOST_DEEP + " deep at most");
        }
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> byKey = new TreeMap<>();
            map.forEach((key, each) -> byKey.put(String.valueOf(key), of(each, format, depth + 1)));
            return byKey;
        }
        if (value instanceof Collection<?> list) {
            List<@Nullable Object> all = new ArrayList<>();
            list.forEach(each -> all.add(of(each, format, depth + 1)));
            return all;
        }
        if (value instanceof Map.Entry<?, ?> entry) {
            Map<String, @Nullable Object> both = new TreeMap<>();
            both.put("key", of(entry.getKey(), format, depth + 1));
            both.put("value", of(entry.getValue(), format, depth + 1));
            return both;
        }
        if (value instanceof CharSequence || value instanceof Character || value instanceof SafeString) {
            return value.toString();
        }
        throw new UnfitException("this can't be " + format);
    }

    /** Whether it is a number that is written without a point. */
    static boolean isWhole(Number number) {
        String digits = number.toString();
        return digits.chars().allMatch(sign -> sign == '-' || Character.isDigit(sign));
    }

    static boolean isFinite(Number number) {
        String digits = number.toString();
        return Character.isDigit(digits.charAt(digits.length() - 1));
    }
}
