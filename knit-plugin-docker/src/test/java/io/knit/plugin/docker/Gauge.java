package io.knit.plugin.docker;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds a fake engine's calls at a gate and counts how many are there at once. */
final class Gauge {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Answers 204 once the gate is open. */
    Optional<String> through(CountDownLatch gate) {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        now.decrementAndGet();
        return FakeEngine.status(204);
    }

    int now() {
        return now.get();
    }

    int most() {
        return most.get();
    }
}
