package io.knit.plugin.nats.broker.routing;

import java.util.concurrent.TimeUnit;

/**
 * Whether what a turn of the event loop wrote goes out now. Turns are short so that nobody waits long for his own, and a flush is a system call
 * for each connection written to: while a client's socket holds more than one turn reads, flushing after each would cost more than the work
 * itself. So output waits while more comes, for at most a tenth of a millisecond, and not at all if a client waits for an answer of the
 * broker's own. Used on its loop's thread only.
 */
final class FlushPace {
    static final long LONGEST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private boolean more;
    private boolean answered;
    private long last;

    /** A read filled its buffer: the socket holds more, and the next turn reads it. */
    void moreComes() {
        more = true;
    }

    /** An answer of the broker's own was written, such as PONG. */
    void answered() {
        answered = true;
    }

    /**
     * Asked once at the end of a turn.
     *
     * @param now as {@link System#nanoTime} says
     */
    boolean isDue(long now) {
        boolean due = !more || answered || now - last >= LONGEST_NANOS;
        more = false;
        return due;
    }

    /**
     * All is flushed: from now on is counted, so that what the flush itself took does not make the next one come sooner.
     *
     * @param now as {@link System#nanoTime} says
     */
    void flushed(long now) {
        answered = false;
        last = now;
    }
}
