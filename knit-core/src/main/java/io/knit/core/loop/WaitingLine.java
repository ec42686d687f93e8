package io.knit.core.loop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** So much of something at a time; the rest waits in line, first come, first served. Only on the loop. */
public final class WaitingLine {
    private final int most;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int taken;
    private boolean handingOn;

    public WaitingLine(int most) {
        this.most = most;
    }

    /**
     * Begins that when its turn has come, which may be at once.
     *
     * @param work its future completes on the loop, whatever becomes of it: until then its place is taken; what it throws is how it failed
     */
    public <T> Future<T> take(Supplier<Future<T>> work) {
        if (taken < most) {
            return begin(work);
        }
        Promise<T> told = Promise.promise();
        waiting.add(() -> begin(work).onComplete(told));
        return told.future();
    }

    private <T> Future<T> begin(Supplier<Future<T>> work) {
        taken++;
        return begun(work).onComplete(any -> {
            taken--;
            handOn();
        });
    }

    /** Work that throws has no place any more, and holds nobody else's turn up. */
    private static <T> Future<T> begun(Supplier<Future<T>> work) {
        try {
            return work.get();
        } catch (Throwable e) {
            return Future.failedFuture(e);
        }
    }

    /** What is over at once hands its place on within this, not below it: a long line is no deep stack. */
    private void handOn() {
        if (handingOn) {
            return;
        }
        handingOn = true;
        while (taken < most && !waiting.isEmpty()) {
            waiting.remove().run();
        }
        handingOn = false;
    }
}
