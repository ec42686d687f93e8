package io.knit.gotemplate.format;

/** What stands between the percent sign and the verb. Written by the reader of one directive, read by who obeys it. */
final class Flags {
    static final int ABSENT = -1;
    /** Go's own bound is a million. */
    static final int MOST = 999;

    boolean plus;
    boolean minus;
    boolean sharp;
    boolean space;
    boolean zero;
    /** {@code %#v} is something else than the flag. */
    boolean sharpV;

    int width = ABSENT;
    int precision = ABSENT;

    boolean hasWidth() {
        return width != ABSENT;
    }

    boolean hasPrecision() {
        return precision != ABSENT;
    }

    /** Zeros fill only on the left. */
    boolean fillsWithZeros() {
        return zero && !minus;
    }

    /** Fills up to the width, counted in characters. */
    String pad(String text) {
        return pad(text, fillsWithZeros());
    }

    String pad(String text, boolean zeros) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        return minus ? text + " ".repeat(missing) : (zeros ? "0" : " ").repeat(missing) + text;
    }

    /** As many characters as the precision says. */
    String cut(String text) {
        return !hasPrecision() || text.codePointCount(0, text.length()) <= precision
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }
}
