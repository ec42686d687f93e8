package io.knit.core.template;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a text can be written down: half of a character that Java keeps in two can't, and UTF-8 has a {@code ?} for it. */
public final class WholeText {
    private WholeText() {}

    /** What is wrong with it, to be put after its name; null if nothing is. */
    public static @Nullable String fault(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return String.format(
                        Locale.ROOT,
                        "has half a character (\\u%04x) at position %d, which no file can hold; remove it or give both halves",
                        (int) c,
                        i + 1);
            }
        }
        return null;
    }
}
