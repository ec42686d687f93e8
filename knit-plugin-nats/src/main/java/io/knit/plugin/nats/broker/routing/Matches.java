package io.knit.plugin.nats.broker.routing;

/**
 * Who gets a message of one subject: every plain subscription, and one of each queue group. Immutable; the arrays are
 * never handed out of the broker.
 */
public final class Matches {
    static final Matches NONE = new Matches(new Subscription[0], new Subscription[0][]);

    public final Subscription[] plain;
    public final Subscription[][] groups;

    Matches(Subscription[] plain, Subscription[][] groups) {
        this.plain = plain;
        this.groups = groups;
    }
}
