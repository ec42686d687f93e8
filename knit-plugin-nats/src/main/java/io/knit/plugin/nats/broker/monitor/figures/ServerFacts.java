package io.knit.plugin.nats.broker.monitor.figures;

import java.time.Duration;
import java.time.Instant;

/**
 * What does not change while a broker runs.
 *
 * @param version the release of nats-server whose protocol it follows
 * @param maxPending bytes
 * @param maxPayload bytes
 * @param maxControlLine bytes
 * @param maxConnections clients that may be in at once; 0 for any number
 * @param authRequired whether a client must give credentials
 * @param authTimeout how long it may take for that
 * @param tlsRequired whether every client must use TLS
 * @param tlsVerify whether it must show a certificate of its own
 * @param tlsTimeout how long it may take to agree on TLS; zero without TLS
 */
public record ServerFacts(
        String id,
        String version,
        int protocol,
        String host,
        int port,
        int maxConnections,
        Duration pingInterval,
        int maxPingsOut,
        int maxPayload,
        int maxControlLine,
        long maxPending,
        Duration writeDeadline,
        Instant start,
        boolean authRequired,
        Duration authTimeout,
        boolean tlsRequired,
        boolean tlsVerify,
        Duration tlsTimeout) {}
