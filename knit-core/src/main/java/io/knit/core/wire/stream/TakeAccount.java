package io.knit.core.wire.stream;

/** What one end has taken, and what it allows: never more than a window beyond what was read from it. */
final class TakeAccount {
    /** What a piece is. */
    enum Verdict {
        /** The next one. */
        NEXT,
        /** It was there before. */
        AGAIN,
        /** One before it did not come. */
        GAP,
        /** More than was allowed. */
        TOO_MUCH
    }

    private final int window;
    private long frames;
    private long bytes;
    private long read;
    private long told;

    TakeAccount(int window) {
        this.window = window;
        this.told = window;
    }

    Verdict take(long number, int size) {
        if (number < frames) {
            return Verdict.AGAIN;
        }
        if (number > frames) {
            return Verdict.GAP;
        }
        if (bytes + size > read + window) {
            return Verdict.TOO_MUCH;
        }
        frames++;
        bytes += size;
        return Verdict.NEXT;
    }

    /** So much of it was read. */
    void read(int size) {
        read += size;
    }

    /** How many bytes the other end may have sent since the begin; who asks tells it. */
    long allows() {
        told = read + window;
        return told;
    }

    /** Whether it is worth a message that more is allowed than was told. */
    boolean isWorthTelling() {
        return read + window - told >= window / 4;
    }

    long frames() {
        return frames;
    }
}
