package io.knit.plugin.nats.broker.routing;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Tells who keeps what a subject matched whether that may have changed, without a lock and without asking for every change: each
 * subscription that comes or goes moves the one stamp that its words fall on, and a subject's matches are as they were
 * while none of the few stamps that could concern it has moved. Two words may share a stamp: then something is searched for
 * once more than needed.
 *
 * <p>A subscription without wildcards falls on the stamp of its whole subject; one with wildcards on that of the tokens before the first.
 * So a subject of k tokens looks at k + 1 stamps. Thread-safe.
 */
final class Stamps {
    private static final int COUNT = 16_384; // 128 KiB
    // what many subjects look at is apart from what comes and goes most: powers of two, but for the root's own
    private static final int WHOLE = 8192;
    private static final int DEEP = 4096;
    private static final int SHALLOW = 2048;
    private static final int MOST_WATCHED = 17;
    private static final int SEED = 1;

    private final AtomicLongArray stamps = new AtomicLongArray(COUNT);

    /** A subscription came or went, and searches already find it so. */
    void changed(String pattern) {
        int hash = SEED;
        int before = SEED;
        int tokens = 0;
        for (int start = 0; start <= pattern.length(); ) {
            int end = pattern.indexOf('.', start);
            int stop = end < 0 ? pattern.length() : end;
            if (stop == start + 1 && isWildcard(pattern.charAt(start))) {
                stamps.getAndIncrement(place(before, tokens));
                return;
            }
            for (int i = start; i < stop; i++) {
                hash = next(hash, pattern.charAt(i));
            }
            before = hash;
            hash = next(hash, '.');
            start = stop + 1;
            tokens++;
        }
        stamps.getAndIncrement(whole(before));
    }

    private static boolean isWildcard(char token) {
        return token == '*' || token == '>';
    }

    /** The places of the stamps that concern a subject; null if there are too many to be worth it. */
    static int @Nullable [] places(byte[] bytes, int start, int end) {
        int[] places = new int[MOST_WATCHED];
        places[0] = place(SEED, 0);
        int count = 1;
        int hash = SEED;
        for (int i = start; i < end; i++) {
            if (bytes[i] == '.') {
                if (count + 1 >= MOST_WATCHED) {
                    return null;
                }
                places[count] = place(hash, count);
                count++;
            }
            hash = next(hash, (char) (bytes[i] & 0xff));
        }
        places[count++] = whole(hash);
        return Arrays.copyOf(places, count);
    }

    /** Grows whenever one of the stamps moves. */
    long sum(int[] places) {
        long sum = 0;
        for (int place : places) {
            sum += stamps.get(place);
        }
        return sum;
    }

    private static int next(int hash, char letter) {
        return 31 * hash + letter;
    }

    private static int whole(int hash) {
        return mixed(hash) & WHOLE - 1;
    }

    /** The place of so many tokens before a wildcard. */
    private static int place(int hash, int tokens) {
        return switch (tokens) {
            case 0 -> COUNT - 1;
            case 1 -> WHOLE + DEEP + (mixed(hash) & SHALLOW - 1);
            default -> WHOLE + (mixed(hash) & DEEP - 1);
        };
    }

    /** Spreads the hashes of subjects that differ in a digit over all bits. */
    static int mixed(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
