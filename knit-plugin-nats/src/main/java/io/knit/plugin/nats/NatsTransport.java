package io.knit.plugin.nats;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.knit.api.spi.transport.PeerAdmission;
import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.PeerConnections;
import io.knit.api.spi.transport.PeerRights;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.plugin.nats.access.KnitAccess;
import io.knit.plugin.nats.access.NatsLogin;
import io.knit.plugin.nats.access.PeerWatch;
import io.knit.plugin.nats.broker.EmbeddedNats;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Transport} over NATS, by one connection. Subscriptions outlive it: they are made anew on every connection that
 * follows. Thread-safe; nothing here blocks its caller.
 *
 * <p>With a broker of its own it tells of the peers' connections ({@link #onPeer}); with an outside NATS it knows nothing of them
 * and never calls those listeners.
 */
public final class NatsTransport implements Transport, PeerConnections, PeerAdmission, Measured {
    static final Logger LOG = LoggerFactory.getLogger(NatsTransport.class);

    private static final int MAX_PAYLOAD = 1024 * 1024;
    private static final Duration FLUSH = Duration.ofSeconds(5);
    // what may wait to be sent; above, publishing fails instead of filling memory
    private static final int MAX_WAITING = NatsLink.QUEUE / 2;
    private static final long MAX_WAITING_BYTES = 64L * 1024 * 1024;

    private final Vertx vertx;
    private final Context context;
    private final NatsAddresses addresses;
    private final @Nullable OwnBroker own;
    private final NatsLink link;
    private final Set<NatsSubscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final Object flushing = new Object();
    private final List<Consumer<Boolean>> listeners = new CopyOnWriteArrayList<>();
    private final Promise<Void> firstConnection = Promise.promise();

    private volatile @Nullable Carrier carrier; // written by the link, one connection after the other
    private boolean up; // guarded by this
    private volatile boolean closed;

    /** What a server has that no outside NATS gives it. */
    record OwnBroker(EmbeddedNats nats, KnitAccess access, PeerWatch peers) {}

    /** A connection and the one thread of it that carries messages. */
    private record Carrier(Connection connection, Dispatcher dispatcher) {}

    NatsTransport(
            Vertx vertx,
            NatsAddresses addresses,
            String name,
            NatsLogin login,
            ReconnectDelay delay,
            @Nullable OwnBroker own) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.addresses = addresses;
        this.own = own;
        this.link = new NatsLink(vertx, addresses, name, login, delay, new Line());
    }

    /** Starts connecting; gives what completes when the first connection stands. */
    Future<Void> connect() {
        link.connect();
        return firstConnection.future();
    }

    /** Where NATS is, without credentials: {@code nats://127.0.0.1:4222}; the embedded broker's address if there is one. */
    public String url() {
        return own == null ? addresses.toString() : own.nats().url();
    }

    @Override
    public String endpoint() {
        return url();
    }

    /** Whether the connection stands, and what the broker did if it is this server's own. */
    @Override
    public List<Figure> figures() {
        Figure connected = Figure.gauge(
                "knit_nats_connected", "1 if this program is connected to NATS, else 0", carrier == null ? 0 : 1);
        return own == null
                ? List.of(connected)
                : Stream.concat(Stream.of(connected), own.nats().figures().stream())
                        .toList();
    }

    // ---- sending

    @Override
    public Future<Void> publish(String subject, byte[] payload) {
        Objects.requireNonNull(subject, "subject");
        Carrier present = carrier;
        KnitException refusal = refusal(present, payload);
        if (present == null || refusal != null) {
            return Future.failedFuture(Objects.requireNonNullElseGet(refusal, this::notConnected));
        }
        try {
            present.connection().publish(subject, payload.clone());
            return Future.succeededFuture();
        } catch (IllegalArgumentException e) {
            // a stranger may name any text as the subject of its answer
            return Future.failedFuture(new KnitException(ErrorCode.INVALID_VALUE, "that is no subject", e));
        } catch (IllegalStateException e) {
            LOG.debug("NATS takes no message", e);
            return Future.failedFuture(notConnected());
        }
    }

    @Override
    public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
        Objects.requireNonNull(subject, "subject");
        long millis = Math.max(1, timeout.toMillis());
        Carrier present = carrier;
        KnitException refusal = refusal(present, payload);
        if (present == null || refusal != null) {
            return Future.failedFuture(Objects.requireNonNullElseGet(refusal, this::notConnected));
        }
        try {
            return answer(subject, present.connection().requestWithTimeout(subject, payload.clone(), timeout), millis);
        } catch (IllegalStateException e) {
            LOG.debug("NATS takes no message", e);
            return Future.failedFuture(notConnected());
        }
    }

    // the timer is ours: jnats looks for requests that are over only every few seconds
    private Future<byte[]> answer(String subject, CompletableFuture<Message> asked, long millis) {
        Promise<byte[]> answer = Promise.promise();
        long timer = vertx.setTimer(millis, id -> {
            if (answer.tryFail(unavailable("nobody answered on " + subject + " within " + millis + " ms"))) {
                asked.cancel(false);
            }
        });
        CompletableFuture<Message> unused = asked.whenComplete((message, failure) -> {
            vertx.cancelTimer(timer);
            if (message == null) {
                String reason = failure instanceof CancellationException ? "the connection was lost" : "nobody listens";
                answer.tryFail(unavailable("no answer on " + subject + ": " + reason, failure));
            } else {
                answer.tryComplete(new NatsMessage(this, message).payload());
            }
        });
        return answer.future();
    }

    private @Nullable KnitException refusal(@Nullable Carrier present, byte[] payload) {
        if (closed) {
            return gone();
        }
        if (present == null || present.connection().getStatus() != Connection.Status.CONNECTED) {
            return notConnected();
        }
        long most = Math.min(MAX_PAYLOAD, present.connection().getMaxPayload());
        if (payload.length > most) {
            return new KnitException(
                    ErrorCode.TOO_LARGE, "a message of " + payload.length + " bytes; NATS takes up to " + most);
        }
        if (present.connection().outgoingPendingMessageCount() >= MAX_WAITING
                || present.connection().outgoingPendingBytes() >= MAX_WAITING_BYTES) {
            return new KnitException(ErrorCode.BUSY, "too many messages wait to be sent to NATS at " + url());
        }
        return null;
    }

    private KnitException notConnected() {
        return unavailable("NATS at " + url() + " is not connected");
    }

    private static KnitException gone() {
        return new KnitException(ErrorCode.CLOSED, "the NATS transport is closed");
    }

    private static KnitException unavailable(String message) {
        return unavailable(message, null);
    }

    private static KnitException unavailable(String message, @Nullable Throwable cause) {
        return new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, message, cause);
    }

    // ---- receiving

    @Override
    public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
        if (closed) {
            return Future.failedFuture(gone());
        }
        NatsSubscription subscription = new NatsSubscription(subject, handler, this::end);
        subscriptions.add(subscription);
        Carrier present = carrier;
        if (present != null) {
            onWorker(() -> carry(present, Set.of(subscription)))
                    .onFailure(e -> LOG.debug("The subscription of {} waits for the next connection", subject, e));
        }
        if (closed) {
            subscription.fails(gone());
        }
        return subscription.standing();
    }

    private Future<Void> end(NatsSubscription subscription) {
        subscriptions.remove(subscription);
        return onWorker(subscription::drop);
    }

    private TransportMessage wrap(Message message) {
        return new NatsMessage(this, message);
    }

    // the broker has taken a subscription once it answers a ping that was sent after it; if the connection breaks
    // before,
    // the next one carries the subscription again. One such ping at a time: jnats counts them as unanswered
    // keep-alives.
    private void carry(Carrier present, Set<NatsSubscription> carried) {
        carried.forEach(subscription -> subscription.carryBy(present.dispatcher(), this::wrap));
        while (!closed && present.connection().getStatus() == Connection.Status.CONNECTED) {
            try {
                synchronized (flushing) {
                    present.connection().flush(FLUSH);
                }
                carried.forEach(NatsSubscription::stands);
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (TimeoutException | IllegalStateException e) {
                LOG.debug("NATS does not confirm subscriptions yet", e);
            }
        }
    }

    private Future<Void> onWorker(Runnable work) {
        return vertx.executeBlocking(
                () -> {
                    work.run();
                    return null;
                },
                false);
    }

    // ---- the connection

    private final class Line implements NatsLink.Listener {
        @Override
        public void connected(Connection connection) {
            carrier = new Carrier(connection, connection.createDispatcher());
            reconnected(connection);
        }

        @Override
        public void reconnected(Connection connection) {
            Carrier present = carrier;
            if (present == null || present.connection() != connection) {
                return;
            }
            carry(present, Set.copyOf(subscriptions));
            if (connection.getStatus() == Connection.Status.CONNECTED) {
                tell(true);
                firstConnection.tryComplete();
            }
        }

        @Override
        public void disconnected(Connection connection) {
            Carrier present = carrier;
            if (present != null && present.connection() == connection) {
                tell(false);
            }
        }
    }

    private synchronized void tell(boolean connected) {
        if (up != connected) {
            up = connected;
            context.runOnContext(nothing -> listeners.forEach(listener -> listener.accept(connected)));
        }
    }

    @Override
    public synchronized void onConnection(Consumer<Boolean> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        if (up) {
            context.runOnContext(nothing -> listener.accept(true));
        }
    }

    @Override
    public void onPeer(BiConsumer<String, Boolean> listener) {
        Objects.requireNonNull(listener, "listener");
        if (own != null) {
            own.peers().add(listener);
        }
    }

    @Override
    public boolean admitBy(Function<PeerClaim, Future<Optional<PeerRights>>> judge) {
        Objects.requireNonNull(judge, "judge");
        if (own != null) {
            own.access().judgeBy(judge);
        }
        return own != null;
    }

    /**
     * Ends the connection and, on a server, its broker. The broker is no lame duck before: agents know no other one to go to, and
     * come back to this address until it listens again.
     */
    @Override
    public Future<Void> close() {
        closed = true;
        subscriptions.forEach(subscription -> subscription.fails(gone()));
        firstConnection.tryFail(gone());
        return link.close()
                .transform(any ->
                        own == null ? Future.succeededFuture() : own.nats().close());
    }
}
