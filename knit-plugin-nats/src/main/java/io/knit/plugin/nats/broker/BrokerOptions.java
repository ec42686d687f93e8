package io.knit.plugin.nats.broker;

import java.time.Duration;

/**
 * A broker's settings; {@link EmbeddedNatsBuilder} checks them.
 *
 * @param maxPayload bytes of header and payload of a message
 * @param maxControlLine bytes of an operation's arguments
 * @param maxPending bytes that may wait for a client before it is dropped
 * @param maxMemory bytes that may be held for all clients before the one that holds most is dropped
 * @param writeDeadline how long nothing of what waits for a client may move
 */
record BrokerOptions(
        String host,
        int port,
        int maxPayload,
        int maxControlLine,
        long maxPending,
        long maxMemory,
        Duration pingInterval,
        int maxPingsOut,
        Duration writeDeadline,
        int eventLoops,
        ClientListener listener) {}
