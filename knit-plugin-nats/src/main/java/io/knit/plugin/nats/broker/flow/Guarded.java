package io.knit.plugin.nats.broker.flow;

import io.knit.plugin.nats.broker.protocol.Departure;

/** Someone for whom the broker holds memory. From any thread. */
public interface Guarded {
    /** Bytes that are held for it, roughly. */
    long burden();

    /** Bytes of these that its subscriptions take. */
    long subscriptionCost();

    /** Whether it is never dropped for what is held for others. */
    boolean isSpared();

    /** Drops it at once, without a word. */
    void drop(Departure why, String words);
}
