package io.knit.plugin.nats;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to NATS for ever. jnats reconnects by itself once it was connected, but gives up on a first connection
 * that fails and for good after two refusals in a row: then this makes a new one. What blocks runs on worker threads.
 */
final class NatsLink {
    private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_PINGS_OUT = 2;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** Far above what {@link NatsTransport} lets wait, so that jnats never blocks or drops. */
    static final int QUEUE = 64 * 1024;

    /** Hears what becomes of the connection, in order, on a worker or jnats' own thread; may block. */
    interface Listener {
        /** A new connection, which carries no subscriptions yet. */
        void connected(Connection connection);

        /** The connection is back, with its subscriptions. */
        void reconnected(Connection connection);

        /** The connection is lost, for a while or for good. */
        void disconnected(Connection connection);
    }

    private final Vertx vertx;
    private final NatsAddresses addresses;
    private final String name;
    private final NatsLogin login;
    private final ReconnectDelay delay;
    private final Listener listener;

    // guarded by this
    private @Nullable Connection connection;
    private Future<?> attempt = Future.succeededFuture();
    private @Nullable Future<Void> closing;
    private long failures;
    private long timer = -1;
    private String said = "";

    NatsLink(
            Vertx vertx,
            NatsAddresses addresses,
            String name,
            NatsLogin login,
            ReconnectDelay delay,
            Listener listener) {
        this.vertx = vertx;
        this.addresses = addresses;
        this.name = name;
        this.login = login;
        this.delay = delay;
        this.listener = listener;
    }

    /** Starts trying to connect. */
    synchronized void connect() {
        timer = -1;
        if (closing == null) {
            attempt = vertx.executeBlocking(this::open, false).onFailure(this::failed);
        }
    }

    private @Nullable Void open() throws Exception {
        Connection made = Nats.connect(options());
        boolean late;
        synchronized (this) {
            late = closing != null;
            if (!late) {
                connection = made;
                failures = 0;
                said = "";
            }
        }
        if (late) {
            made.close();
            return null;
        }
        LOG.info("Connected to NATS at {}", NatsAddresses.redact(String.valueOf(made.getConnectedUrl())));
        listener.connected(made);
        if (made.getStatus() == Connection.Status.CLOSED) {
            lost(made);
        }
        return null;
    }

    private synchronized void failed(Throwable cause) {
        failures++;
        if (cause instanceof AuthenticationException) {
            say(login.refusal());
            again(delay.afterRefusal());
        } else {
            String reason = NatsAddresses.redact(String.valueOf(cause.getMessage()));
            LOG.debug("NATS at {} can't be reached: {}", addresses, reason);
            say("can't be reached (" + reason + ")");
            again(delay.after(failures));
        }
    }

    // the lock is held; each kind of trouble once until there is a connection or another kind
    private void say(String trouble) {
        String kind = trouble.split("[ (]", 2)[0];
        if (closing == null && !kind.equals(said)) {
            said = kind;
            LOG.warn("NATS at {} {}; trying on", addresses, trouble);
        }
    }

    // the lock is held
    private void again(Duration wait) {
        if (closing == null) {
            timer = vertx.setTimer(Math.max(1, wait.toMillis()), id -> connect());
        }
    }

    private Options options() {
        return login.options()
                .servers(addresses.withCredentials())
                .connectionName(name)
                .connectionTimeout(CONNECT_TIMEOUT)
                .maxReconnects(-1)
                .reconnectDelayHandler(delay::after)
                .reconnectBufferSize(0)
                .pingInterval(PING_INTERVAL)
                .maxPingsOut(MAX_PINGS_OUT)
                .maxMessagesInOutgoingQueue(QUEUE)
                .discardMessagesWhenOutgoingQueueFull()
                .reportNoResponders()
                .connectionListener(this::event)
                .errorListener(new NatsErrors())
                .build();
    }

    private void event(Connection about, Events event) {
        switch (event) {
            case RESUBSCRIBED -> {
                LOG.info(
                        "Connected to NATS again, at {}",
                        NatsAddresses.redact(String.valueOf(about.getConnectedUrl())));
                listener.reconnected(about);
            }
            case DISCONNECTED -> listener.disconnected(about);
            case CLOSED -> {
                listener.disconnected(about);
                lost(about);
            }
            case CONNECTED, RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK -> LOG.debug("NATS connection {}", event);
        }
    }

    // jnats gave up on a connection that once stood: refused twice
    private synchronized void lost(Connection gone) {
        if (gone == connection) {
            connection = null;
            failures++;
            say(login.refusal());
            again(delay.afterRefusal());
        }
    }

    /** Closes the connection and makes no new one. May be called more than once. */
    synchronized Future<Void> close() {
        Future<Void> begun = closing;
        if (begun != null) {
            return begun;
        }
        vertx.cancelTimer(timer);
        Connection open = connection;
        Future<Void> done = attempt.transform(any -> vertx.executeBlocking(() -> closeNow(open), false));
        closing = done;
        return done;
    }

    private static @Nullable Void closeNow(@Nullable Connection open) throws InterruptedException {
        if (open != null) {
            open.close();
        }
        return null;
    }
}
