package io.knit.plugin.nats.broker.settings;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A broker's settings; {@code EmbeddedNatsBuilder} checks them.
 *
 * @param maxPayload bytes of header and payload of a message
 * @param maxControlLine bytes of an operation's arguments
 * @param maxPending bytes that may wait for a client before it is dropped
 * @param maxMemory bytes that may be held for all clients before the one that holds most is dropped
 * @param writeDeadline how long nothing of what waits for a client may move
 * @param authenticator who knows the users; null if anybody may come in
 * @param authTimeout how long a client may take to be known
 * @param maxConnections clients that may be in at once; 0 for any number
 * @param maxSubscriptions subscriptions of one client; 0 for any number
 * @param maxOperations operations a second of one client; 0 for any number
 * @param maxUnauthenticated connections that may be open besides without being let in
 * @param tls null if clients come without TLS
 * @param advertised addresses that clients are told of, HOST:PORT
 * @param monitoring where to answer questions over HTTP, unresolved; null if nowhere
 */
public record BrokerSettings(
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
        @Nullable Authenticator authenticator,
        Duration authTimeout,
        int maxConnections,
        int maxSubscriptions,
        int maxOperations,
        int maxUnauthenticated,
        @Nullable TlsOptions tls,
        List<String> advertised,
        @Nullable InetSocketAddress monitoring) {
    public boolean monitored() {
        return monitoring != null;
    }
}
