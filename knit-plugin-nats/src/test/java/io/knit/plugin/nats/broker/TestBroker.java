package io.knit.plugin.nats.broker;

import java.time.Duration;

/** A broker that a test talks to: the embedded one, or nats-server itself, so that every expectation is first true of the real one. */
public interface TestBroker extends AutoCloseable {
    int port();

    default String url() {
        return "nats://127.0.0.1:" + port();
    }

    /** Cuts all connections and listens no more. */
    void stop();

    /** Listens again, on the same port. */
    void start();

    @Override
    void close();

    /** Settings that tests make small to see their effect. */
    record Limits(Duration pingInterval, int maxPingsOut, long maxPending) {
        public static final Limits USUAL = new Limits(Duration.ofMinutes(2), 2, 64L * 1024 * 1024);
    }
}
