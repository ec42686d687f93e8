package io.knit.core.agent.dns;

import java.util.Arrays;
import java.util.Optional;

/** Messages out of a stream of bytes, in which each has its length before it, in two bytes. */
final class Framing {
    private final int longest;
    private byte[] bytes = {};
    private int at;

    Framing(int longest) {
        this.longest = longest;
    }

    /** What came further. */
    void add(byte[] piece) {
        byte[] all = Arrays.copyOfRange(bytes, at, bytes.length + piece.length);
        System.arraycopy(piece, 0, all, bytes.length - at, piece.length);
        bytes = all;
        at = 0;
    }

    /** Takes the next message; empty: it is not whole yet, or too long. */
    Optional<byte[]> next() {
        int length = length();
        if (length < 0 || length > longest || bytes.length - at - 2 < length) {
            return Optional.empty();
        }
        at += 2 + length;
        return Optional.of(Arrays.copyOfRange(bytes, at - length, at));
    }

    /** Whether no more can be read, for the next message is too long. */
    boolean isBroken() {
        return length() > longest;
    }

    /** Of the next message; -1: it is not known yet. */
    private int length() {
        return bytes.length - at < 2 ? -1 : (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
