package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.flow.Activity;
import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.login.Access;
import io.knit.plugin.nats.broker.login.Seats;
import io.knit.plugin.nats.broker.login.ServerInfo;
import io.knit.plugin.nats.broker.login.Strangers;
import io.knit.plugin.nats.broker.login.TlsEntrance;
import io.knit.plugin.nats.broker.monitor.figures.ServerFacts;
import io.knit.plugin.nats.broker.routing.Delivery;
import io.knit.plugin.nats.broker.routing.LoopState;
import io.knit.plugin.nats.broker.routing.MatchCache;
import io.knit.plugin.nats.broker.routing.SubjectTrie;
import io.knit.plugin.nats.broker.session.CarefulListener;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.knit.plugin.nats.broker.settings.ClientListener;
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
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all connections share: the settings, the subscriptions, and who is there. */
public final class Broker {
    private final BrokerSettings options;
    private final SubjectTrie trie = new SubjectTrie();
    private final Map<EventExecutor, LoopState> loops = new HashMap<>(); // filled before the first connection
    private final Totals totals = new Totals();
    private final Departed departed = new Departed();
    private final Instant start = Instant.now();
    private final MemoryGuard memory;
    private final AtomicLong lastClient = new AtomicLong();
    private final TlsEntrance tlsEntrance;
    private final Strangers<Connection> strangers;
    private final Seats<Connection> seats = new Seats<>();
    private final SystemQuestions questions = new SystemQuestions(this);
    private final AtomicInteger letIn = new AtomicInteger();
    private final @Nullable Access access;
    private final ClientListener listener;
    private volatile ServerInfo info;

    public Broker(
            BrokerSettings options,
            String id,
            Iterable<EventExecutor> eventLoops,
            TlsEntrance tlsEntrance,
            RandomGenerator random) {
        this.options = options;
        this.listener = new CarefulListener(options.listener());
        this.memory = new MemoryGuard(
                options.maxMemory(), totals.connections(), eventLoops.iterator().next());
        this.tlsEntrance = tlsEntrance;
        this.strangers = new Strangers<>(options.maxUnauthenticated());
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

    BrokerSettings options() {
        return options;
    }

    TlsEntrance tlsEntrance() {
        return tlsEntrance;
    }

    public SubjectTrie trie() {
        return trie;
    }

    public Totals totals() {
        return totals;
    }

    Departed departed() {
        return departed;
    }

    public Set<Connection> connections() {
        return totals.connections();
    }

    Stream<MatchCache> caches() {
        return loops.values().stream().map(loop -> loop.delivery.cache());
    }

    public MemoryGuard memory() {
        return memory;
    }

    /** Makes the handler of a new channel. */
    public Connection connection(SocketChannel channel) {
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

    Strangers<Connection> strangers() {
        return strangers;
    }

    /** Hears of clients that come and go; throws nothing. */
    ClientListener listener() {
        return listener;
    }

    /** What clients may ask by message. */
    SystemQuestions questions() {
        return questions;
    }

    /** How many clients are in as one user. */
    Seats<Connection> seats() {
        return seats;
    }

    public synchronized void listensOn(int actualPort) {
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
    public synchronized void becomeLameDuck() {
        inform(info.asLameDuck());
    }

    /** Tells clients of other addresses than so far. */
    public synchronized void advertise(List<String> addresses) {
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
}
