package io.knit.plugin.nats.broker.protocol;

import java.nio.charset.StandardCharsets;

/** The words of one control line, as positions in the bytes they were found in. One per parser, used over and over. */
public final class ControlLine {
    /** No operation takes more words than four; one more shows that there were too many. */
    private static final int MOST = 5;

    private static final int DIGITS = 9;

    private final int[] starts = new int[MOST];
    private final int[] ends = new int[MOST];
    private byte[] bytes = new byte[0];
    private int count;

    /** Finds the words up to the line's end; gives the position of its line feed, or -1 if that is not there yet. */
    int scan(byte[] source, int from, int limit) {
        bytes = source;
        int words = 0;
        int start = -1;
        for (int i = from; i < limit; i++) {
            byte b = source[i];
            if (b > ' ' || (b != ' ' && b != '\t' && b != '\r' && b != '\n')) {
                if (start < 0) {
                    start = i;
                }
                continue;
            }
            if (start >= 0) {
                if (words < MOST) {
                    starts[words] = start;
                    ends[words] = i;
                    words++;
                }
                start = -1;
            }
            if (b == '\n') {
                count = words;
                return i;
            }
        }
        return -1;
    }

    byte[] bytes() {
        return bytes;
    }

    public int count() {
        return count;
    }

    int start(int word) {
        return starts[word];
    }

    int end(int word) {
        return ends[word];
    }

    public String text(int word) {
        return new String(bytes, starts[word], ends[word] - starts[word], StandardCharsets.ISO_8859_1);
    }

    /** The word as a number of up to nine digits, or -1 if it is none. */
    public int number(int word) {
        int length = ends[word] - starts[word];
        if (length > DIGITS) {
            return -1;
        }
        int value = 0;
        for (int i = starts[word]; i < ends[word]; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
