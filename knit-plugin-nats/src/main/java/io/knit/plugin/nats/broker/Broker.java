package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.monitor.ServerFacts;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections share: the settings, the subscriptions, and who is there. */
final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    /** The release of nats-server whose client protocol this broker follows; clients compare it to decide what they may ask for. */
    private static final String VERSION = "2.9.10";

    private static final int PROTOCOL = 1;

    private final BrokerOptions options;
    private final String id;
    private final SubjectTrie trie = new SubjectTrie();
    private final Map<EventExecutor, LoopState> loops = new HashMap<>(); // filled before the first connection
    private final Totals totals = new Totals();
    private final Departed departed = new Departed();
    private final Instant start = Instant.now();
    private final MemoryGuard memory;
    private final AtomicLong lastClient = new AtomicLong();
    private final TlsEntrance tlsEntrance;
    private volatile int port;
    private volatile boolean lameDuck;
    private volatile List<String> advertised;

    Broker(
            BrokerOptions options,
            String id,
            Iterable<EventExecutor> eventLoops,
            TlsEntrance tlsEntrance,
            RandomGenerator random) {
        this.options = options;
        this.id = id;
        this.tlsEntrance = tlsEntrance;
        this.advertised = options.advertised();
        this.memory = new MemoryGuard(
                options.maxMemory(), totals.connections(), eventLoops.iterator().next());
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

    void listensOn(int actualPort) {
        port = actualPort;
    }

    /** The INFO line for one client. */
    String info(long clientId, String clientIp) {
        JsonObject info = new JsonObject()
                .put("server_id", id)
                .put("server_name", id)
                .put("version", VERSION)
                .put("proto", PROTOCOL)
                .put("host", options.host())
                .put("port", port)
                .put("headers", true)
                .put("max_payload", options.maxPayload())
                .put("jetstream", false)
                .put("client_id", clientId)
                .put("client_ip", clientIp);
        tlsEntrance.describe(info);
        if (!advertised.isEmpty()) {
            info.put("connect_urls", new JsonArray(advertised));
        }
        if (lameDuck) {
            info.put("ldm", true);
        }
        return "INFO " + info.encode() + " \r\n";
    }

    /** The settings, as monitoring shows them. */
    ServerFacts facts() {
        TlsOptions tls = options.tls();
        return new ServerFacts(
                id,
                VERSION,
                PROTOCOL,
                options.host(),
                port,
                options.pingInterval(),
                options.maxPingsOut(),
                options.maxPayload(),
                options.maxControlLine(),
                options.maxPending(),
                options.writeDeadline(),
                start,
                tls != null && !tls.allowPlain(),
                tls != null && tls.clientCertificateRequired());
    }

    /** Tells clients that this broker is about to go. */
    void becomeLameDuck() {
        lameDuck = true;
        connections().forEach(Connection::informAgain);
    }

    /** Tells clients of other addresses than so far. */
    void advertise(List<String> addresses) {
        advertised = addresses;
        connections().forEach(Connection::informAgain);
    }

    void opened(Connection connection) {
        totals.opened(connection);
    }

    void closed(Connection connection, int subscriptions) {
        totals.closed(connection);
        if (options.monitored()) {
            departed.add(connection.watch().closed(connection, subscriptions));
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
