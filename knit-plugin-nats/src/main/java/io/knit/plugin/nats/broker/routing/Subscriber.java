package io.knit.plugin.nats.broker.routing;

import io.knit.plugin.nats.broker.protocol.Publication;

/** A client as its messages and those for it see it: all that routing knows of a connection. From any loop, but for {@link #easeOff}. */
public interface Subscriber {
    /** Unique while the broker runs. */
    long id();

    /** Where what it gets is put. */
    Outbound outbound();

    /** Whether it wants its own messages back. */
    boolean wantsEcho();

    boolean wantsHeaders();

    /** Whether it wants to hear that nobody takes its request. */
    boolean wantsNoResponders();

    /** It gets a request, which it may answer. */
    void asked(Publication request);

    /** One of its subscriptions got all it wanted. */
    void ended(Subscription subscription);

    /** It pauses as a publisher, if the subscriber it just delivered to can't keep up. On its own loop. */
    void easeOff(Outbound subscriber);
}
