package io.knit.testkit.transport;

import java.time.Duration;

/** The way between the endpoints of an {@link InMemoryBus}: it may lose, delay, double and reorder. */
@FunctionalInterface
public interface Network {
    /**
     * Carries a message.
     *
     * @param from name of the endpoint it comes from
     * @param to name of the endpoint it goes to
     * @param subject what it is sent on; an answer carries its question's
     * @param arrive to be run once for each arrival, later and on the bus's loop: never inside this call
     */
    void carry(String from, String to, String subject, Runnable arrive);

    /**
     * Carries an answer; as any message, unless the network says otherwise.
     *
     * @param from name of the endpoint that answers
     * @param to name of the endpoint that asked
     * @param subject its question's
     * @param ago how long ago its question was sent; another may have been sent since
     * @param arrive as of {@link #carry}
     */
    default void answer(String from, String to, String subject, Duration ago, Runnable arrive) {
        carry(from, to, subject, arrive);
    }
}
