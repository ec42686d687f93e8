package io.knit.core.wire;

/**
 * Text of strangers, fit for a log, a terminal and a page. Engines, registries and agents say what they like: an escape sequence in it would
 * steer the terminal of whoever reads the log, a line break would forge a line of it, and a mark of direction would turn what follows around.
 */
public final class PlainText {
    private PlainText() {}

    /** The text in one line: blanks for line breaks and tabs, {@code ?} for all else that is no printed character. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text, i)) {
                return cleaned(text);
            }
        }
        return text;
    }

    /** The same, cut to so many characters with a mark that it was. */
    public static String of(String text, int most) {
        if (text.length() <= most) {
            return of(text);
        }
        // not in the middle of a pair
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return of(text.substring(0, end)) + "…";
    }

    private static String cleaned(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r' || c == '\t') {
                clean.append(' ');
            } else {
                clean.append(isPlain(text, i) ? c : '?');
            }
        }
        return clean.toString();
    }

    private static boolean isPlain(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x7f) {
            return c >= ' ';
        }
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && isPlainPair(c, text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && isPlainPair(text.charAt(at - 1), c);
        }
        return isPlain(Character.getType(c));
    }

    private static boolean isPlainPair(char high, char low) {
        return Character.isSurrogatePair(high, low) && isPlain(Character.getType(Character.toCodePoint(high, low)));
    }

    private static boolean isPlain(int type) {
        return switch (type) {
            // direction marks, unseen tags, line and paragraph separators, C1 control characters
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
