package io.knit.plugin.nats.broker.protocol;

import java.util.Arrays;

/** A control line whose end has not arrived: a copy of what has. Holds no memory in between. */
final class HeldLine {
    private static final byte[] NOTHING = new byte[0];
    private static final int FIRST = 128;
    /** Room for the longest word, a few blanks and the line end. */
    private static final int BESIDES = 64;

    private final int most;
    private byte[] bytes = NOTHING;
    private int length;

    HeldLine(int maxControlLine) {
        this.most = maxControlLine + BESIDES;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** Takes bytes up to and with the line feed, or as many as there is room for; gives the position after them. */
    int append(byte[] source, int start, int end) {
        int limit = (int) Math.min(end, (long) start + most - length);
        int stop = start;
        while (stop < limit && source[stop] != '\n') {
            stop++;
        }
        int next = stop < limit ? stop + 1 : stop;
        int needed = length + next - start;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(FIRST, needed * 2)));
        }
        System.arraycopy(source, start, bytes, length, next - start);
        length = needed;
        return next;
    }

    boolean isWhole() {
        return length > 0 && bytes[length - 1] == '\n';
    }

    boolean isFull() {
        return length >= most;
    }

    /** Keeps only the first bytes: for operations whose rest does not matter, however long. */
    void shorten(int keep) {
        length = Math.min(length, keep);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        bytes = NOTHING;
    }
}
