package io.knit.core.wire.usual;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A place in a JSON text without white space. What is asked for and is not there is {@link Unusual}. Not thread-safe. */
final class UsualText {
    private static final int MOST_DIGITS = 18;

    private final byte[] bytes;
    private int at;

    /** @param text in UTF-8 */
    UsualText(byte[] text) {
        this.bytes = text;
    }

    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    void end() {
        if (at != bytes.length) {
            throw Unusual.TEXT;
        }
    }

    void expect(char c) {
        if (!has(c)) {
            throw Unusual.TEXT;
        }
    }

    /** Goes past it, if it is next. */
    boolean has(char c) {
        if (at < bytes.length && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    /** Goes past these, if they are next. */
    boolean has(byte[] next) {
        return has(next, 0, next.length);
    }

    /** Goes past a part of another text, if it is next and is all of a value. */
    boolean hasValue(byte[] other, int from, int length) {
        int end = at + length;
        return end < bytes.length && (bytes[end] == ',' || bytes[end] == '}') && has(other, from, length);
    }

    private boolean has(byte[] other, int from, int length) {
        int end = at + length;
        // the last byte tells most apart
        if (end > bytes.length
                || bytes[end - 1] != other[from + length - 1]
                || !Arrays.equals(bytes, at, end, other, from, from + length)) {
            return false;
        }
        at = end;
        return true;
    }

    /** Whether another one follows in a list or an object; goes past what says so. */
    boolean hasMore(char end) {
        if (has(',')) {
            return true;
        }
        expect(end);
        return false;
    }

    boolean truth() {
        if (has('t')) {
            word("rue");
            return true;
        }
        word("false");
        return false;
    }

    private void word(String rest) {
        for (int i = 0; i < rest.length(); i++) {
            expect(rest.charAt(i));
        }
    }

    long number() {
        boolean isNegative = has('-');
        int from = at;
        long value = 0;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at++] - '0');
        }
        int digits = at - from;
        boolean isWhole = at < bytes.length && (bytes[at] == ',' || bytes[at] == '}' || bytes[at] == ']');
        if (digits == 0 || digits > MOST_DIGITS || digits > 1 && bytes[from] == '0' || !isWhole) {
            throw Unusual.TEXT;
        }
        return isNegative ? -value : value;
    }

    int small() {
        long value = number();
        if ((int) value != value) {
            throw Unusual.TEXT;
        }
        return (int) value;
    }

    String string() {
        expect('"');
        int from = at;
        int end = from;
        byte c = byteAt(end);
        while (c != '"') {
            if (c == '\\') {
                at = end;
                return escaped(from);
            }
            // control characters are no JSON, and what is below zero is not ASCII
            if (c < ' ') {
                throw Unusual.TEXT;
            }
            c = byteAt(++end);
        }
        at = end + 1;
        return latin(from, end);
    }

    /** @param from where it begins; it stands at its first escape */
    private String escaped(int from) {
        StringBuilder text = new StringBuilder(latin(from, at));
        while (true) {
            byte c = byteAt(at++);
            if (c == '"') {
                return text.toString();
            }
            if (c < ' ') {
                throw Unusual.TEXT;
            }
            text.append(c == '\\' ? escape() : (char) c);
        }
    }

    private char escape() {
        return switch (byteAt(at++)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
            default -> throw Unusual.TEXT;
        };
    }

    private int hex() {
        int digit = Character.digit(byteAt(at++), 16);
        if (digit < 0) {
            throw Unusual.TEXT;
        }
        return digit;
    }

    private byte byteAt(int index) {
        if (index >= bytes.length) {
            throw Unusual.TEXT;
        }
        return bytes[index];
    }

    /** An object of which only the end is looked for. */
    String object() {
        int from = at;
        int depth = 0;
        do {
            byte c = byteAt(at);
            if (c == '"') {
                string();
                continue;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            at++;
        } while (depth > 0);
        return latin(from, at);
    }

    private String latin(int from, int end) {
        return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    }
}
