package io.knit.gotemplate.format;

import io.knit.gotemplate.value.GoText;
import java.util.Locale;

/** Texts and characters as Go writes them in a program. */
final class Quoted {
    private Quoted() {}

    static String text(String text, boolean plain) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(sign -> add(quoted, sign, '"', plain));
        return quoted.append('"').toString();
    }

    static String character(int character, boolean plain) {
        StringBuilder quoted = new StringBuilder("'");
        add(quoted, character, '\'', plain);
        return quoted.append('\'').toString();
    }

    /** Whether it can stand between back quotes as it is. */
    static boolean fitsBackQuotes(String text) {
        return text.codePoints()
                .allMatch(sign -> sign != 0xfeff && (sign >= ' ' || sign == '\t') && sign != '`' && sign != 0x7f);
    }

    /** @param plain nothing but ASCII */
    private static void add(StringBuilder quoted, int sign, char quote, boolean plain) {
        if (sign == quote || sign == '\\') {
            quoted.append('\\').append((char) sign);
        } else if (plain ? sign < 0x7f && sign >= ' ' : GoText.isShown(sign)) {
            quoted.appendCodePoint(sign);
        } else {
            quoted.append(escape(sign));
        }
    }

    private static String escape(int sign) {
        return switch (sign) {
            case 7 -> "\\a";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case 11 -> "\\v";
            default ->
                String.format(
                        Locale.ROOT,
                        sign < ' ' || sign == 0x7f ? "\\x%02x" : sign < 0x10000 ? "\\u%04x" : "\\U%08x",
                        sign);
        };
    }
}
