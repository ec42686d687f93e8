package io.knit.testkit.transport;

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
}
