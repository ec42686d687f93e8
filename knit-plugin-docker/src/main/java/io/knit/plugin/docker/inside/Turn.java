package io.knit.plugin.docker.inside;

import io.vertx.core.Future;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A thread's waiting for somebody slow, from which others can free it. One thread waits at a time. */
public final class Turn {
    private final AtomicReference<@Nullable CountDownLatch> waiting = new AtomicReference<>();
    private volatile boolean over;

    /**
     * Waits until the future is complete.
     *
     * @return whether it succeeded; false also after {@link #end}
     */
    public boolean await(Future<?> future) {
        if (!future.isComplete()) {
            CountDownLatch latch = new CountDownLatch(1);
            waiting.set(latch);
            future.onComplete(any -> latch.countDown());
            try {
                if (!over) {
                    latch.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end();
            }
        }
        return !over && future.succeeded();
    }

    public boolean isOver() {
        return over;
    }

    /** Nobody waits any more, from any thread. */
    public void end() {
        over = true;
        CountDownLatch latch = waiting.get();
        if (latch != null) {
            latch.countDown();
        }
    }
}
