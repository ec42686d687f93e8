package io.knit.api.spi.transport;

import io.knit.api.spi.Component;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Carries messages between server and agents by subject. Subjects are dot-separated tokens, {@code *} in a subscription
 * stands for one token. Delivery is at most once: every message may be lost; Knit heals that itself.
 *
 * <p>Obligations: 1. never blocks; while not connected, {@link #publish} fails or drops; 2. messages of one publisher to one
 * subscriber on one subject keep their order; 3. {@link #request} fails with {@code TRANSPORT_UNAVAILABLE} at once where
 * nobody listens, after the timeout where nobody answers; 4. reconnects for ever and keeps its subscriptions; 5. payloads up
 * to 1 MiB pass unchanged, larger ones fail; 6. a handler that throws harms nobody else; 7. handlers may be called on any
 * thread, one message at a time per subscription.
 */
public interface Transport extends Component {
    /** Sends a message to all who subscribed. Succeeds when it was handed over, which says nothing of its arrival. */
    Future<Void> publish(String subject, byte[] payload);

    /** Sends a message and gives the first answer. */
    Future<byte[]> request(String subject, byte[] payload, Duration timeout);

    /** Calls the handler for each message; succeeds once messages published from now on will arrive. */
    Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler);

    /** Calls the listener with true when a connection (the first too) stands and with false when it is lost. */
    void onConnection(Consumer<Boolean> listener);

    /** A subscription that has not ended. */
    interface Subscription {
        Future<Void> unsubscribe();
    }
}
