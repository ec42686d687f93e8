package io.knit.plugin.nats;

import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What somebody subscribed to, for as long as the transport lives: it outlives the connections that carry it. */
final class NatsSubscription implements Transport.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(NatsSubscription.class);

    private final String subject;
    private final Consumer<TransportMessage> handler;
    private final Function<NatsSubscription, Future<Void>> end;
    private final Promise<Transport.Subscription> standing = Promise.promise();
    private volatile boolean ended;

    // guarded by this
    private @Nullable Dispatcher carrier;
    private @Nullable Subscription carried;

    NatsSubscription(String subject, Consumer<TransportMessage> handler, Function<NatsSubscription, Future<Void>> end) {
        this.subject = Objects.requireNonNull(subject, "subject");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.end = end;
    }

    /** Completes once messages published from then on arrive. */
    Future<Transport.Subscription> standing() {
        return standing.future();
    }

    void stands() {
        standing.tryComplete(this);
    }

    void fails(Throwable cause) {
        standing.tryFail(cause);
    }

    /** Subscribes on a connection, once for each. */
    synchronized void carryBy(Dispatcher dispatcher, Function<Message, TransportMessage> wrap) {
        if (carrier != dispatcher && !ended) {
            carrier = dispatcher;
            carried = dispatcher.subscribe(subject, message -> handle(wrap.apply(message)));
        }
    }

    // on the connection's one thread for messages, which must survive whatever the handler does
    private void handle(TransportMessage message) {
        if (ended) {
            return;
        }
        try {
            handler.accept(message);
        } catch (RuntimeException | AssertionError e) {
            LOG.warn("The handler of messages on {} failed", subject, e);
        }
    }

    @Override
    public Future<Void> unsubscribe() {
        ended = true;
        return end.apply(this);
    }

    /** Tells the connection; may block for a moment. */
    synchronized void drop() {
        if (carrier != null && carried != null && carrier.isActive()) {
            carrier.unsubscribe(carried);
        }
        carrier = null;
        carried = null;
    }
}
