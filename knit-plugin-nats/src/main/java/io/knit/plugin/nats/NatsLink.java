package io.knit.plugin.nats;

import io.knit.plugin.nats.access.NatsLogin;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import javax.net.ssl.SSLContext;
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
    /** As long as a server may need for all its agents, should they come at once. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(2500);
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
    private final NatsErrors errors = new NatsErrors();

    // guarded by this
    private @Nullable Connection connection;
    private Future<?> attempt = Future.succeededFuture();
    private @Nullable Future<Void> closing;
    private boolean trying; // an attempt is due or runs: there is never a second one
    private long failures;
    private long timer = -1;
    private boolean refused; // NATS was there and did not take us
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

    /** Starts trying to connect. Once. */
    synchronized void connect() {
        if (closing == null) {
            trying = true;
            attempt = vertx.executeBlocking(this::open, false).onComplete(this::tried);
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
                refused = false;
                said = "";
            }
        }
        if (late) {
            made.close();
            return null;
        }
        LOG.info("Connected to NATS at {}", NatsAddresses.redact(String.valueOf(made.getConnectedUrl())));
        tell(made);
        return null;
    }

    private void tell(Connection made) throws InterruptedException {
        try {
            listener.connected(made);
        } catch (RuntimeException e) {
            made.close(); // nobody would know of it
            throw e;
        }
    }

    private synchronized void tried(AsyncResult<?> result) {
        trying = false;
        Connection made = connection;
        if (made != null && made.getStatus() == Connection.Status.CLOSED) {
            connection = null;
            failures++;
        } else if (result.failed()) {
            failures++;
            refused = result.cause() instanceof AuthenticationException;
            complain(result.cause());
        }
        again();
    }

    private void complain(Throwable cause) {
        String reason = NatsAddresses.redact(String.valueOf(cause.getMessage()));
        LOG.debug("NATS at {}: {}", addresses, reason);
        if (refused) {
            say("refused", login.refusal());
        } else {
            say("unreachable", "can't be reached (" + reason + ")");
        }
    }

    // the lock is held; each kind of trouble is said once, until there is a connection or another kind
    private void say(String kind, String trouble) {
        if (closing == null && !kind.equals(said)) {
            said = kind;
            LOG.warn("NATS at {} {}; trying on", addresses, trouble);
        }
    }

    // the lock is held
    private void again() {
        if (closing == null && connection == null && !trying) {
            trying = true;
            Duration wait = refused ? delay.afterRefusal() : delay.after(failures);
            timer = vertx.setTimer(Math.max(1, wait.toMillis()), id -> connect());
        }
    }

    private Options options() {
        Options.Builder options = login.options();
        SSLContext tls = addresses.tls();
        if (tls != null) {
            // not by the resolved address: the name is what the certificate must hold
            options.sslContext(tls).hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs);
        }
        return options.servers(addresses.withCredentials())
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
                .errorListener(errors)
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
            refused = true;
            say("refused", login.refusal());
            again();
        }
    }

    /**
     * Closes the connection and makes no new one; takes a few seconds at most, also if NATS is frozen. May be called more than once.
     */
    synchronized Future<Void> close() {
        Future<Void> begun = closing;
        if (begun != null) {
            return begun;
        }
        Promise<Void> done = Promise.promise();
        closing = done.future();
        vertx.cancelTimer(timer);
        Connection open = connection;
        // the connection first: an attempt that waits for an answer on it ends with it
        Future<Void> closed = vertx.executeBlocking(() -> closeNow(open), false);
        long bound = vertx.setTimer(CLOSE_TIMEOUT.toMillis(), id -> done.tryComplete());
        Future.join(closed, attempt).onComplete(ended -> {
            vertx.cancelTimer(bound);
            done.tryComplete();
        });
        return done.future();
    }

    private static @Nullable Void closeNow(@Nullable Connection open) throws InterruptedException {
        if (open != null) {
            open.close();
        }
        return null;
    }
}
