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

    private final BenchedBroker broker;
    private final long most;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();

    Window(BenchedBroker broker, long most) {
        this.broker = broker;
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

    /** Waits until so many deliveries have arrived in all, as long as any arrive. */
    void awaitArrived(long count) {
        long before = arrived.get();
        long end = System.nanoTime() + broker.patienceNanos();
        while (arrived.get() < count) {
            if (arrived.get() != before) {
                before = arrived.get();
                end = System.nanoTime() + broker.patienceNanos();
            } else if (System.nanoTime() > end) {
                throw new IllegalStateException(arrived + " of " + count + " deliveries arrived (" + sent
                        + " were sent), then none in " + TimeUnit.NANOSECONDS.toSeconds(broker.patienceNanos()) + " s"
                        + Evidence.of(broker));
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
