package io.knit.core.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much a field may hold.
 *
 * @param entries of a list or map
 * @param length characters of a text, or of each in a list or map
 * @param pattern of a text, as a whole
 * @param keyLength characters of a map's key
 * @param key a map's key, as a whole
 */
public record FieldLimits(
        int entries,
        int length,
        @Nullable Pattern pattern,
        int keyLength,
        @Nullable Pattern key) {
    /** Where there is no bound but the body's. */
    public static final int NONE = Integer.MAX_VALUE;

    /** Whether a text is as short and of the form. */
    public boolean has(String text) {
        return text.length() <= length
                && (pattern == null || pattern.matcher(text).matches());
    }

    /** Whether a map's key is. */
    public boolean hasKey(String text) {
        return text.length() <= keyLength && (key == null || key.matcher(text).matches());
    }

    static final FieldLimits ANY = new FieldLimits(NONE, NONE, null, NONE, null);
}
