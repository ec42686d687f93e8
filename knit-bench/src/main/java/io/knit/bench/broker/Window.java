package io.knit.bench.broker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps publishers at most so much ahead of the subscribers (bytes or messages, as the user likes), as any program does that wants its messages to
 * arrive: without it the row would tell when the broker drops a slow consumer, not how fast it is. Thread-safe.
 */
final class Window {
    private static final long STEP_NANOS = 20_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final long most;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();

    Window(long most) {
        this.most = most;
    }

    /** Takes room for deliveries; waits while there is none. */
    void send(long deliveries) {
        sent.addAndGet(deliveries);
        awaitArrived(sent.get() - most);
    }

    void arrived(long deliveries) {
        arrived.addAndGet(deliveries);
    }

    /** Waits until so many deliveries have arrived in all. */
    void awaitArrived(long count) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (arrived.get() < count) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + arrived + " of " + count + " deliveries arrived in a minute");
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
