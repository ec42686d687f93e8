package io.knit.plugin.nats.broker.monitor.figures;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection, open or ended.
 *
 * @param end when it ended; null while it is open
 * @param reason why it ended, in nats-server's words; empty while it is open
 * @param roundTrip zero if it was never measured
 * @param pending bytes that wait for the client
 * @param user whom the broker knows it as; empty if as anybody
 * @param name as the client says, as lang and version; empty if it does not
 * @param tlsVersion {@code 1.3}; empty without TLS, as tlsCipher
 * @param subscriptionList what it is subscribed to, at the time of the call
 */
public record ConnectionFigures(
        long id,
        String ip,
        int port,
        Instant start,
        Instant lastActivity,
        @Nullable Instant end,
        String reason,
        Duration roundTrip,
        long pending,
        long inMessages,
        long outMessages,
        long inBytes,
        long outBytes,
        int subscriptions,
        String user,
        String name,
        String lang,
        String version,
        String tlsVersion,
        String tlsCipher,
        Supplier<List<SubscriptionEntry>> subscriptionList) {
    /** The same with another number of subscriptions. */
    public ConnectionFigures withSubscriptions(int number) {
        return new ConnectionFigures(
                id,
                ip,
                port,
                start,
                lastActivity,
                end,
                reason,
                roundTrip,
                pending,
                inMessages,
                outMessages,
                inBytes,
                outBytes,
                number,
                user,
                name,
                lang,
                version,
                tlsVersion,
                tlsCipher,
                subscriptionList);
    }

    /** How long it lasted, or lasts by now. */
    public Duration uptime(Instant now) {
        return Duration.between(start, end == null ? now : end);
    }

    /** How long it said and heard nothing. */
    public Duration idle(Instant now) {
        return Duration.between(lastActivity, end == null ? now : end);
    }
}
