package io.knit.plugin.nats.broker.monitor.figures;

import java.util.List;

/** A broker, as its monitoring sees it. From any thread; never blocks for long; all that is given is a copy. */
public interface Watched {
    ServerFacts facts();

    ServerFigures figures();

    /** Who is connected now, in no order. */
    List<ConnectionFigures> open();

    /** Who left lately, in no order. */
    List<ConnectionFigures> closed();

    SubscriptionFigures subscriptions();

    /** All subscriptions, in an order that does not change while they don't; not more than so many of them. */
    List<SubscriptionEntry> subscriptionList(int most);

    /** The subscriptions that a message of this subject would reach. */
    List<SubscriptionEntry> subscribersOf(String subject);
}
