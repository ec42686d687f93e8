package io.knit.plugin.jdbc;

import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.StoreWrite;
import java.util.regex.Pattern;

/** Refuses writes outside of the SPI's bounds, before they can fail a group of others. */
final class WriteCheck {
    private static final Pattern TABLE = Pattern.compile("[a-z_]{1,32}");
    private static final int LONGEST_KEY = 255;
    private static final int LONGEST_BODY = 4 * 1024 * 1024;

    private WriteCheck() {}

    /** @throws IllegalArgumentException naming the document */
    static void check(StoreWrite write) {
        if (!TABLE.matcher(write.table()).matches()) {
            throw new IllegalArgumentException("table \"" + write.table() + "\" is not 1-32 of a-z and _");
        }
        String key = write.key();
        if (key.isEmpty() || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "a key in " + write.table() + " has " + key.length() + " characters, not 1-" + LONGEST_KEY);
        }
        if (!storable(key)) {
            throw new IllegalArgumentException("a key in " + write.table() + " holds a NUL or half a surrogate pair");
        }
        String body = write.body();
        if (body != null && (body.length() > LONGEST_BODY || !storable(body))) {
            throw new IllegalArgumentException("the body of " + write.table() + " " + key + " has " + body.length()
                    + " characters, more than " + LONGEST_BODY + ", or holds a NUL or half a surrogate pair");
        }
    }

    /** @throws IllegalArgumentException naming the row */
    static void check(HistoryRow row) {
        if (row.number() <= 0
                || row.body().length() > LONGEST_BODY
                || !storable(row.body())
                || !storable(row.deployment())) {
            throw new IllegalArgumentException("the row " + row.number() + " of the history has "
                    + row.body().length() + " characters, more than " + LONGEST_BODY
                    + ", or no number above zero, or holds a NUL or half a surrogate pair");
        }
    }

    /** What would not come back as it was given: UTF-8 has no half pairs, PostgreSQL no NUL. */
    private static boolean storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }
}
