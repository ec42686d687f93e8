package io.knit.core.server.webhook.delivery;

import java.util.concurrent.atomic.LongAdder;

/** How many messages arrived, and how many attempts were in vain. Thread-safe. */
final class Outcomes {
    private final LongAdder arrived = new LongAdder();
    private final LongAdder failed = new LongAdder();

    void arrived() {
        arrived.increment();
    }

    void failed() {
        failed.increment();
    }

    long allArrived() {
        return arrived.sum();
    }

    long allFailed() {
        return failed.sum();
    }
}
