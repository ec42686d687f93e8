package io.knit.plugin.nats.broker.monitor;

import java.time.Duration;
import java.time.Instant;

/**
 * What does not change while a broker runs.
 *
 * @param version the release of nats-server whose protocol it follows
 * @param maxPending bytes
 * @param maxPayload bytes
 * @param maxControlLine bytes
 * @param tlsRequired whether every client must use TLS
 * @param tlsVerify whether it must show a certificate of its own
 */
public record ServerFacts(
        String id,
        String version,
        int protocol,
        String host,
        int port,
        Duration pingInterval,
        int maxPingsOut,
        int maxPayload,
        int maxControlLine,
        long maxPending,
        Duration writeDeadline,
        Instant start,
        boolean tlsRequired,
        boolean tlsVerify) {}
