package io.knit.plugin.nats.broker.settings;

/**
 * Hears of clients that come and go. Called on the broker's event loops: it must not block. Calls for one client come in
 * order; what it throws is logged and harms nobody.
 */
public interface ClientListener {
    /** A client introduced itself (CONNECT). */
    void opened(NatsClient client);

    /** A client's connection that was {@link #opened} has ended, for whatever reason. */
    void closed(NatsClient client);
}
