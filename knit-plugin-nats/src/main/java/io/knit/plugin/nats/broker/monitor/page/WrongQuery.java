package io.knit.plugin.nats.broker.monitor.page;

/** A parameter makes no sense; the message says so in nats-server's words. */
public final class WrongQuery extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongQuery(String message) {
        super(message);
    }
}
