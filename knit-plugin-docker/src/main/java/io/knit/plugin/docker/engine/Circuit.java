package io.knit.plugin.docker.engine;

import org.jspecify.annotations.Nullable;

/**
 * Remembers whether calls of one kind are answered. Closed while they are; after one got no answer it is open: calls are refused at
 * once, except one at a time, the probe, whose answer closes it. The probe is a call of the same kind on purpose: an engine 20.10
 * in deadlock still answers {@code ps} and {@code version} while every start, stop and removal hangs, and a start of an unknown
 * container is answered too, without touching what is locked. Thread-safe.
 */
public final class Circuit {
    /** What a call may do. */
    enum Pass {
        FREE,
        PROBE,
        REFUSED
    }

    private final Runnable onClosedAgain;
    private @Nullable String trouble;
    private boolean probing;

    /** @param onClosedAgain called when the engine answers again, on the thread of the call that saw it */
    public Circuit(Runnable onClosedAgain) {
        this.onClosedAgain = onClosedAgain;
    }

    /** Asks for a pass; every {@code PROBE} must be given back by one of the three outcomes. */
    synchronized Pass enter() {
        if (trouble == null) {
            return Pass.FREE;
        }
        if (probing) {
            return Pass.REFUSED;
        }
        probing = true;
        return Pass.PROBE;
    }

    /** What a call is told that comes now, or null: it may try. */
    synchronized @Nullable String refusal() {
        return probing ? trouble : null;
    }

    /** What got no answer, or null if all is well. */
    synchronized @Nullable String trouble() {
        return trouble;
    }

    /** The call came through, with success or with an error that shows that the engine was at work. */
    void answered(Pass pass) {
        boolean closedAgain;
        synchronized (this) {
            release(pass);
            closedAgain = trouble != null;
            trouble = null;
        }
        if (closedAgain) {
            onClosedAgain.run();
        }
    }

    /** The call's deadline passed. */
    synchronized void unanswered(Pass pass, String what) {
        release(pass);
        trouble = what;
    }

    /** The call ended in a way that proves nothing: no such container, no connection. */
    synchronized void inconclusive(Pass pass) {
        release(pass);
    }

    /** The engine was started again: what it did before says nothing any more. */
    public synchronized void reset() {
        trouble = null;
    }

    private void release(Pass pass) {
        if (pass == Pass.PROBE) {
            probing = false;
        }
    }
}
