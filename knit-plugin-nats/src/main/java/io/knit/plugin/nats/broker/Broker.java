package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.monitor.ServerFacts;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections share: the settings, the subscriptions, and who is there. */
final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private final BrokerOptions options;
    private final SubjectTrie trie = new SubjectTrie();
    private final Map<EventExecutor, LoopState> loops = new HashMap<>(); // filled before the first connection
    private final Totals totals = new Totals();
    private final Departed departed = new Departed();
    private final Instant start = Instant.now();
    private final MemoryGuard memory;
    private final AtomicLong lastClient = new AtomicLong();
    private final TlsEntrance tlsEntrance;
    private final Strangers strangers;
    private final Seats seats = new Seats();
    private final SystemQuestions questions = new SystemQuestions(this);
    private final AtomicInteger letIn = new AtomicInteger();
    private final @Nullable Access access;
    private volatile ServerInfo info;

    Broker(
            BrokerOptions options,
            String id,
            Iterable<EventExecutor> eventLoops,
            TlsEntrance tlsEntrance,
            RandomGenerator random) {
        this.options = options;
        this.memory = new MemoryGuard(
                options.maxMemory(), totals.connections(), eventLoops.iterator().next());
        this.tlsEntrance = tlsEntrance;
        this.strangers = new Strangers(options.maxUnauthenticated());
        Authenticator authenticator = options.authenticator();
        this.access = authenticator == null ? null : new Access(authenticator, options.authTimeout());
        boolean authRequired =
                authenticator != null && authenticator.defaultUser().isEmpty();
        this.info = new ServerInfo(
                id,
                options.host(),
                options.port(),
                options.maxPayload(),
                authRequired,
                tlsEntrance.isRequired(),
                tlsEntrance.isAvailable(),
                tlsEntrance.verifies(),
                false,
                options.advertised());
        for (EventExecutor loop : eventLoops) {
            RandomGenerator own = new SplittableRandom(random.nextLong());
            Delivery delivery = new Delivery(trie, options.maxControlLine(), own);
            loops.put(loop, new LoopState((EventLoop) loop, delivery));
        }
    }

    BrokerOptions options() {
        return options;
    }

    TlsEntrance tlsEntrance() {
        return tlsEntrance;
    }

    SubjectTrie trie() {
        return trie;
    }

    Totals totals() {
        return totals;
    }

    Departed departed() {
        return departed;
    }

    Set<Connection> connections() {
        return totals.connections();
    }

    Stream<MatchCache> caches() {
        return loops.values().stream().map(loop -> loop.delivery.cache());
    }

    MemoryGuard memory() {
        return memory;
    }

    /** Makes the handler of a new channel. */
    Connection connection(SocketChannel channel) {
        LoopState loop = loops.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("a channel of a foreign event loop");
        }
        Activity activity = options.monitored() ? new Activity() : null;
        if (activity != null) {
            channel.pipeline().addLast(activity);
        }
        return new Connection(this, channel, loop, lastClient.incrementAndGet(), activity);
    }

    /** Who may come in; null if anybody may. */
    @Nullable
    Access access() {
        return access;
    }

    Strangers strangers() {
        return strangers;
    }

    /** What clients may ask by message. */
    SystemQuestions questions() {
        return questions;
    }

    /** How many clients are in as one user. */
    Seats seats() {
        return seats;
    }

    synchronized void listensOn(int actualPort) {
        info = info.withPort(actualPort);
    }

    /** What it tells clients of itself now. */
    ServerInfo info() {
        return info;
    }

    /** The settings, as monitoring shows them. */
    ServerFacts facts() {
        ServerInfo said = info();
        TlsOptions tls = options.tls();
        return new ServerFacts(
                said.id(),
                ServerInfo.VERSION,
                ServerInfo.PROTOCOL,
                said.host(),
                said.port(),
                options.maxConnections(),
                options.pingInterval(),
                options.maxPingsOut(),
                options.maxPayload(),
                options.maxControlLine(),
                options.maxPending(),
                options.writeDeadline(),
                start,
                said.authRequired(),
                options.authTimeout(),
                said.tlsRequired(),
                said.tlsVerify(),
                tls == null ? Duration.ZERO : tls.handshakeTimeout());
    }

    /** Tells clients that this broker is about to go. */
    synchronized void becomeLameDuck() {
        inform(info.asLameDuck());
    }

    /** Tells clients of other addresses than so far. */
    synchronized void advertise(List<String> addresses) {
        inform(info.withConnectUrls(addresses));
    }

    private void inform(ServerInfo changed) {
        info = changed;
        connections().forEach(Connection::informAgain);
    }

    /** A connection is there; false if there are too many that nobody knows, and it must leave. */
    boolean opened(Connection connection) {
        totals.opened(connection);
        Connection leaver = strangers.add(connection);
        if (leaver != null) {
            leaver.hangUp();
        }
        return leaver != connection;
    }

    /** Counts a connection among those that are let in; false if there are as many as there may be. */
    boolean letIn(Connection connection) {
        int most = options.maxConnections();
        if (letIn.incrementAndGet() > most && most > 0) {
            letIn.decrementAndGet();
            return false;
        }
        strangers.remove(connection);
        return true;
    }

    /** A connection is closed. */
    void left(Connection connection, boolean wasIn, int subscriptions) {
        totals.closed(connection);
        strangers.remove(connection);
        if (options.monitored()) {
            departed.add(connection.watch().closed(connection, subscriptions));
        }
        if (wasIn) {
            letIn.decrementAndGet();
        }
    }

    void tellOpened(NatsClient client) {
        tell(listener -> listener.opened(client));
    }

    void tellClosed(NatsClient client) {
        tell(listener -> listener.closed(client));
    }

    // a stranger's code on the broker's loop: whatever it throws must not cost the client its connection
    private void tell(Consumer<ClientListener> call) {
        try {
            call.accept(options.listener());
        } catch (RuntimeException e) {
            LOG.warn("A listener of NATS clients failed", e);
        }
    }
}
