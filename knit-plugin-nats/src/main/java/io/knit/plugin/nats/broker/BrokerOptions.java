package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A broker's settings; {@link EmbeddedNatsBuilder} checks them.
 *
 * @param maxPayload bytes of header and payload of a message
 * @param maxControlLine bytes of an operation's arguments
 * @param maxPending bytes that may wait for a client before it is dropped
 * @param maxMemory bytes that may be held for all clients before the one that holds most is dropped
 * @param writeDeadline how long nothing of what waits for a client may move
 * @param tls null if clients come without TLS
 * @param advertised addresses that clients are told of, HOST:PORT
 * @param monitoring where to answer questions over HTTP, unresolved; null if nowhere
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
        ClientListener listener,
        @Nullable TlsOptions tls,
        List<String> advertised,
        @Nullable InetSocketAddress monitoring) {
    boolean monitored() {
        return monitoring != null;
    }
}
