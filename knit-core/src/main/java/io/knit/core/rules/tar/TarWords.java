package io.knit.core.rules.tar;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/** What entries of a tar say of the entry after them, beyond what its head has room for. */
public final class TarWords {
    private TarWords() {}

    /** A long name, up to the zeros behind it. */
    public static String trimmed(byte[] words) {
        int end = words.length;
        while (end > 0 && words[end - 1] == 0) {
            end--;
        }
        return new String(words, 0, end, StandardCharsets.UTF_8);
    }

    /**
     * Records of POSIX: each is its length, a space, a key, = and a value, and a line's end.
     *
     * @return whether all could be read
     */
    public static boolean records(byte[] words, BiConsumer<String, String> found) {
        int from = 0;
        while (from < words.length) {
            int space = from;
            while (space < words.length && words[space] != ' ') {
                space++;
            }
            long length = number(new String(words, from, space - from, StandardCharsets.US_ASCII))
                    .orElse(-1);
            if (length <= space - from + 1 || length > words.length - from) {
                return false;
            }
            String record = new String(words, space + 1, from + (int) length - space - 2, StandardCharsets.UTF_8);
            int equals = Math.max(0, record.indexOf('='));
            found.accept(record.substring(0, equals), record.substring(Math.min(record.length(), equals + 1)));
            from += (int) length;
        }
        return true;
    }

    /** In decimal digits, 0 and more; empty: it is none. */
    public static OptionalLong number(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
