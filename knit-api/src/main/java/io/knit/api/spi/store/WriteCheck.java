package io.knit.api.spi.store;

/** Refuses writes outside of what {@link StoreWrite} and {@link HistoryRow} say, before they can fail a group of others. All stores ask it, so that each takes the same. */
public final class WriteCheck {
    private static final int LONGEST_TABLE = 32;
    private static final int LONGEST_KEY = 255;
    private static final int LONGEST_BODY = 4 * 1024 * 1024;

    private WriteCheck() {}

    /** @throws IllegalArgumentException naming the document */
    public static void check(StoreWrite write) {
        if (!isTable(write.table())) {
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
    public static void check(HistoryRow row) {
        if (row.number() <= 0
                || row.body().length() > LONGEST_BODY
                || !storable(row.body())
                || !storable(row.deployment())) {
            throw new IllegalArgumentException("the row " + row.number() + " of the history has "
                    + row.body().length() + " characters, more than " + LONGEST_BODY
                    + ", or no number above zero, or holds a NUL or half a surrogate pair");
        }
    }

    private static boolean isTable(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && (c < 'a' || c > 'z')) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= LONGEST_TABLE;
    }

    /** What would not come back as it was given: UTF-8 has no half pairs, PostgreSQL no NUL. Most text has neither, nor pairs. */
    private static boolean storable(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return c != 0 && pairsAreWhole(text, i);
            }
        }
        return true;
    }

    private static boolean pairsAreWhole(String text, int from) {
        for (int i = from; i < text.length(); i++) {
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
