package io.knit.testkit.transport;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.PeerConnections;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint of an {@link InMemoryBus}. Handlers and listeners run on the bus's loop. */
public final class InMemoryTransport implements Transport, PeerConnections {
    /** The largest payload: 1 MiB. */
    public static final int MAX_BYTES = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryTransport.class);

    private final InMemoryBus bus;
    private final String name;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final List<Consumer<Boolean>> connectionListeners = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<String, Boolean>> peerListeners = new CopyOnWriteArrayList<>();
    private volatile boolean connected;
    private volatile boolean closed;

    InMemoryTransport(InMemoryBus bus, String name) {
        this.bus = bus;
        this.name = name;
    }

    public String name() {
        return name;
    }

    @Override
    public Future<Void> publish(String subject, byte[] payload) {
        KnitException refusal = refusal(payload);
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        send(subject, payload.clone(), null);
        return Future.succeededFuture();
    }

    @Override
    public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
        Promise<byte[]> answer = Promise.promise();
        KnitException refusal = refusal(payload);
        if (refusal != null) {
            bus.loop().execute(() -> failUnlessClosed(answer, refusal));
            return answer.future();
        }
        Loop.Timer timer = bus.loop()
                .after(
                        timeout,
                        () -> failUnlessClosed(
                                answer, unavailable("nobody answered on " + subject + " in " + timeout)));
        answer.future().onComplete(done -> timer.cancel());
        if (send(subject, payload.clone(), answer) == 0) {
            bus.loop().execute(() -> failUnlessClosed(answer, unavailable("nobody listens on " + subject)));
        }
        return answer.future();
    }

    @Override
    public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
        if (closed) {
            return Future.failedFuture(closedError());
        }
        Promise<Subscription> standing = Promise.promise();
        Subscriber subscriber = new Subscriber(TokenPattern.of(subject), handler, standing);
        subscribers.add(subscriber);
        if (connected) {
            bus.loop().execute(subscriber::stands);
        }
        return standing.future();
    }

    /** The listener is told of the connection that stands already, too. */
    @Override
    public void onConnection(Consumer<Boolean> listener) {
        connectionListeners.add(Objects.requireNonNull(listener, "listener"));
        if (connected) {
            bus.loop().execute(() -> listener.accept(true));
        }
    }

    @Override
    public void onPeer(BiConsumer<String, Boolean> listener) {
        peerListeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /** Also what the death of a process does to its endpoint: no future of it completes any more, no handler is called. */
    @Override
    public Future<Void> close() {
        if (!closed) {
            closed = true;
            connected = false;
            subscribers.clear();
            bus.remove(this);
        }
        return Future.succeededFuture();
    }

    boolean connected() {
        return connected;
    }

    /** Whether that changed it. */
    boolean setConnected(boolean stands) {
        if (closed || connected == stands) {
            return false;
        }
        connected = stands;
        bus.loop().execute(() -> {
            if (!closed) {
                connectionListeners.forEach(listener -> listener.accept(stands));
            }
        });
        if (stands) {
            bus.loop().execute(() -> subscribers.forEach(Subscriber::stands));
        }
        return true;
    }

    void tellPeer(String peer, boolean stands) {
        bus.loop().execute(() -> {
            if (!closed) {
                peerListeners.forEach(listener -> listener.accept(peer, stands));
            }
        });
    }

    private @Nullable KnitException refusal(byte[] payload) {
        if (closed) {
            return closedError();
        }
        if (payload.length > MAX_BYTES) {
            return new KnitException(
                    ErrorCode.TOO_LARGE, "a message of " + payload.length + " bytes; the most is " + MAX_BYTES);
        }
        return connected ? null : unavailable(name + " is not connected");
    }

    /** How many subscriptions the message goes to. */
    private int send(String subject, byte[] payload, @Nullable Promise<byte[]> answer) {
        int receivers = 0;
        String[] tokens = TokenPattern.tokensOf(subject);
        Duration sent = bus.loop().elapsed();
        for (InMemoryTransport to : bus.connected()) {
            for (Subscriber subscriber : to.subscribers) {
                if (subscriber.pattern.matches(tokens)) {
                    receivers++;
                    Message message = new Message(subject, payload, this, to, sent, answer);
                    bus.carry(this, to, subject, () -> subscriber.take(message));
                }
            }
        }
        return receivers;
    }

    private void failUnlessClosed(Promise<?> promise, KnitException failure) {
        if (!closed || failure.code() == ErrorCode.CLOSED) {
            promise.tryFail(failure);
        }
    }

    private static KnitException unavailable(String message) {
        return new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, message);
    }

    private static KnitException closedError() {
        return new KnitException(ErrorCode.CLOSED, "the transport is closed");
    }

    private final class Subscriber implements Subscription {
        private final TokenPattern pattern;
        private final Consumer<TransportMessage> handler;
        private final Promise<Subscription> standing;

        Subscriber(TokenPattern pattern, Consumer<TransportMessage> handler, Promise<Subscription> standing) {
            this.pattern = pattern;
            this.handler = Objects.requireNonNull(handler, "handler");
            this.standing = standing;
        }

        void stands() {
            if (!closed) {
                standing.tryComplete(this);
            }
        }

        void take(Message message) {
            if (!connected || !subscribers.contains(this)) {
                return;
            }
            try {
                handler.accept(message);
            } catch (RuntimeException e) {
                LOG.warn("a handler of {} on {} failed", name, message.subject(), e);
            }
        }

        @Override
        public Future<Void> unsubscribe() {
            subscribers.remove(this);
            return Future.succeededFuture();
        }
    }

    private record Message(
            String subject,
            byte[] payload,
            InMemoryTransport from,
            InMemoryTransport to,
            Duration sent,
            @Nullable Promise<byte[]> answer)
            implements TransportMessage {
        @Override
        public void reply(byte[] reply) {
            Promise<byte[]> waiting = answer;
            if (waiting == null || !to.connected || reply.length > MAX_BYTES) {
                return;
            }
            byte[] copy = reply.clone();
            to.bus.answer(to, from, subject, sent, () -> {
                if (from.connected) {
                    waiting.tryComplete(copy);
                }
            });
        }
    }
}
