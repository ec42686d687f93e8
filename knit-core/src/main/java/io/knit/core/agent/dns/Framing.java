package io.knit.core.agent.dns;

import java.util.Arrays;
import java.util.function.Consumer;

/** Messages out of a stream of bytes, in which each has its length before it, in two bytes. */
final class Framing {
    private final int longest;
    private byte[] rest = {};

    Framing(int longest) {
        this.longest = longest;
    }

    /** Gives what is whole; says whether what comes can be read. */
    boolean add(byte[] piece, Consumer<byte[]> each) {
        byte[] all = Arrays.copyOf(rest, rest.length + piece.length);
        System.arraycopy(piece, 0, all, rest.length, piece.length);
        int at = 0;
        while (all.length - at >= 2) {
            int length = (all[at] & 0xff) << 8 | all[at + 1] & 0xff;
            if (length > longest) {
                return false;
            }
            if (all.length - at - 2 < length) {
                break;
            }
            each.accept(Arrays.copyOfRange(all, at + 2, at + 2 + length));
            at += 2 + length;
        }
        rest = Arrays.copyOfRange(all, at, all.length);
        return true;
    }
}
