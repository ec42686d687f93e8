package io.knit.core.server.schedule.fleet;

import java.util.Arrays;

/**
 * A set of small numbers, of nodes by their places. Immutable: a change copies a bit for each node of the fleet, ten thousand nodes
 * are a kilobyte, and what several sets have in common is found 64 nodes at a time.
 */
public final class Bits {
    static final Bits NONE = new Bits(new long[0]);

    private final long[] words;

    private Bits(long[] words) {
        this.words = words;
    }

    boolean has(int number) {
        return number / Long.SIZE < words.length && (words[number / Long.SIZE] & bit(number)) != 0;
    }

    Bits with(int number) {
        if (has(number)) {
            return this;
        }
        long[] next = Arrays.copyOf(words, Math.max(words.length, number / Long.SIZE + 1));
        next[number / Long.SIZE] |= bit(number);
        return new Bits(next);
    }

    Bits without(int number) {
        if (!has(number)) {
            return this;
        }
        long[] next = words.clone();
        next[number / Long.SIZE] &= ~bit(number);
        int used = next.length;
        while (used > 0 && next[used - 1] == 0) {
            used--;
        }
        return used == 0 ? NONE : new Bits(Arrays.copyOf(next, used));
    }

    Bits and(Bits other) {
        long[] both = new long[Math.min(words.length, other.words.length)];
        for (int i = 0; i < both.length; i++) {
            both[i] = words[i] & other.words[i];
        }
        return new Bits(both);
    }

    Bits or(Bits other) {
        if (words.length == 0) {
            return other;
        }
        long[] any = Arrays.copyOf(words, Math.max(words.length, other.words.length));
        for (int i = 0; i < other.words.length; i++) {
            any[i] |= other.words[i];
        }
        return new Bits(any);
    }

    public int size() {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    boolean isEmpty() {
        return next(0) < 0;
    }

    /** The lowest from this one on, or -1. */
    public int next(int from) {
        int at = from / Long.SIZE;
        if (at >= words.length) {
            return -1;
        }
        long word = words[at] & -1L << from;
        while (word == 0) {
            if (++at == words.length) {
                return -1;
            }
            word = words[at];
        }
        return at * Long.SIZE + Long.numberOfTrailingZeros(word);
    }

    /** The lowest number that is not in it. */
    int gap() {
        for (int at = 0; at < words.length; at++) {
            if (words[at] != -1L) {
                return at * Long.SIZE + Long.numberOfTrailingZeros(~words[at]);
            }
        }
        return words.length * Long.SIZE;
    }

    private static long bit(int number) {
        return 1L << number;
    }
}
