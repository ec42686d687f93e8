package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.settings.Advertised;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of an {@link EmbeddedNats}, each with a default. Not thread-safe. */
public final class EmbeddedNatsBuilder {
    private static final int MAX_CONTROL_LINE = 4096;
    private static final int MOST_PAYLOAD = 64 * 1024 * 1024;
    private static final long LEAST_MEMORY = 16L * 1024 * 1024;
    private static final int MOST_LOOPS = 4;
    private static final Duration WRITE_DEADLINE = Duration.ofSeconds(10);

    private String host = "127.0.0.1";
    private int port;
    private int maxPayload = 1024 * 1024;
    private long maxPending = 64L * 1024 * 1024;
    private long maxMemory = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 2);
    private Duration pingInterval = Duration.ofMinutes(2);
    private int maxPingsOut = 2;
    private Duration writeDeadline = WRITE_DEADLINE;
    private int eventLoops =
            Math.max(1, Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors() / 2));
    private ClientListener listener = new NobodyListens();
    private @Nullable Authenticator authenticator;
    private Duration authTimeout = Duration.ofSeconds(2);
    private int maxConnections;
    private int maxSubscriptions;
    private int maxOperations;
    private int maxUnauthenticated = 8192;
    private @Nullable TlsOptions tls;
    private List<String> advertised = List.of();
    private @Nullable InetSocketAddress monitoring;

    EmbeddedNatsBuilder() {}

    /**
     * Where to listen; 127.0.0.1 and any free port by default.
     *
     * @param host an address or name of this machine, or {@code 0.0.0.0} for all of its addresses
     * @param port 0–65535; 0 is any free one, see {@link EmbeddedNats#port}
     */
    public EmbeddedNatsBuilder address(String host, int port) {
        this.host = Objects.requireNonNull(host, "host");
        this.port = within("port", port, 0, 65_535);
        return this;
    }

    /** Bytes of header and payload of a message, 1 to 64 MiB; 1 MiB by default. Who sends more is disconnected. */
    public EmbeddedNatsBuilder maxPayload(int bytes) {
        this.maxPayload = within("maxPayload", bytes, 1, MOST_PAYLOAD);
        return this;
    }

    /** Bytes that may wait for a client that reads slowly, at least 1 KiB; 64 MiB by default. Then it is disconnected. */
    public EmbeddedNatsBuilder maxPending(long bytes) {
        if (bytes < 1024) {
            throw new IllegalArgumentException("maxPending is " + bytes + "; give at least 1024 bytes");
        }
        this.maxPending = bytes;
        return this;
    }

    /**
     * Bytes that may wait for all clients together, be held of messages that are not whole yet, or be taken by subscriptions, at least 16
     * MiB; half of what the JVM may use by default. Then the client for whom most is held is disconnected. All but subscriptions lie
     * outside the Java heap.
     */
    public EmbeddedNatsBuilder maxMemory(long bytes) {
        if (bytes < LEAST_MEMORY) {
            throw new IllegalArgumentException("maxMemory is " + bytes + "; give at least " + LEAST_MEMORY + " bytes");
        }
        this.maxMemory = bytes;
        return this;
    }

    /** After which silence a client is pinged, at least 1 ms; 2 minutes by default. */
    public EmbeddedNatsBuilder pingInterval(Duration interval) {
        this.pingInterval = positive("pingInterval", interval);
        return this;
    }

    /** How many pings a client may leave unanswered, 1–1000; 2 by default. Then it is disconnected. */
    public EmbeddedNatsBuilder maxPingsOut(int pings) {
        this.maxPingsOut = within("maxPingsOut", pings, 1, 1000);
        return this;
    }

    /** For how long a client may take nothing of what waits for it, at least 1 ms; 10 s by default. Then it is disconnected. */
    public EmbeddedNatsBuilder writeDeadline(Duration deadline) {
        this.writeDeadline = positive("writeDeadline", deadline);
        return this;
    }

    /**
     * Threads, 1–64; by default half as many as the machine has processors, at least 1 and at most 4: the rest is for the
     * clients and the program around, and the fewer there are, the less often a message is handed from one to another.
     */
    public EmbeddedNatsBuilder eventLoops(int threads) {
        this.eventLoops = within("eventLoops", threads, 1, 64);
        return this;
    }

    /** Hears of clients that come and go; nobody by default. */
    public EmbeddedNatsBuilder onClient(ClientListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /** Who knows the users; without it anybody may do everything. */
    public EmbeddedNatsBuilder access(Authenticator authenticator) {
        this.authenticator = Objects.requireNonNull(authenticator, "authenticator");
        return this;
    }

    /**
     * How long a client may take until its credentials are found right, at least 1 ms; 2 s by default. Then it is disconnected. The time that the
     * broker takes for others first does not count.
     */
    public EmbeddedNatsBuilder authTimeout(Duration timeout) {
        this.authTimeout = positive("authTimeout", timeout);
        return this;
    }

    /** How many clients may be in at once, 0 for any number, the default. Who comes then is told so and disconnected. */
    public EmbeddedNatsBuilder maxConnections(int clients) {
        this.maxConnections = within("maxConnections", clients, 0, Integer.MAX_VALUE);
        return this;
    }

    /**
     * How many subscriptions a client may have at once, 0 for any number, the default. Those beyond are refused. A user's own limit may be
     * smaller. All clients' together are bounded by {@link #maxMemory}.
     */
    public EmbeddedNatsBuilder maxSubscriptions(int subscriptions) {
        this.maxSubscriptions = within("maxSubscriptions", subscriptions, 0, Integer.MAX_VALUE);
        return this;
    }

    /**
     * How many operations a second each client is served, messages and subscriptions alike, 0 for any number, the default; a second's
     * worth may come at once. Who asks for more is read more slowly. A user's own limit may be smaller.
     */
    public EmbeddedNatsBuilder maxOperations(int perSecond) {
        this.maxOperations = within("maxOperations", perSecond, 0, 1_000_000_000);
        return this;
    }

    /**
     * How many connections may be open that are not let in yet, besides those that are, at least 1; 8192 by default. Of more, the one that has been
     * silent for longest is closed.
     */
    public EmbeddedNatsBuilder maxUnauthenticated(int connections) {
        this.maxUnauthenticated = within("maxUnauthenticated", connections, 1, Integer.MAX_VALUE);
        return this;
    }

    /** How to speak TLS; not at all by default. */
    public EmbeddedNatsBuilder tls(TlsOptions options) {
        this.tls = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Where clients may find this broker and others they can go to instead; none by default. Clients are told (INFO's
     * {@code connect_urls}), and again when {@link EmbeddedNats#advertise} changes it.
     *
     * @param addresses HOST:PORT, {@code [::1]:4222} for an IPv6 address
     */
    public EmbeddedNatsBuilder advertise(List<String> addresses) {
        this.advertised = Advertised.checked(addresses);
        return this;
    }

    /**
     * Answers questions about the broker over HTTP, as nats-server's monitoring does: {@code /varz /connz /subsz /healthz},
     * and {@code /metrics} for Prometheus. Off by default. Whoever reaches it sees all clients' names, addresses and
     * subjects, without giving any credentials.
     *
     * @param host an address or name of this machine; choose loopback if in doubt
     * @param port 0–65535; 0 is any free one, see {@link EmbeddedNats#monitoringUrl}
     */
    public EmbeddedNatsBuilder monitoring(String host, int port) {
        Objects.requireNonNull(host, "host");
        this.monitoring = InetSocketAddress.createUnresolved(host, within("port", port, 0, 65_535));
        return this;
    }

    /**
     * Starts a broker with these settings.
     *
     * @return the broker once it accepts clients; fails with {@code IN_USE} if another program has the port,
     *     {@code ADDRESS_UNAVAILABLE} if the address is none of this machine's, or its name leads nowhere, and
     *     {@code FILE_UNAVAILABLE} if a file is not there, {@code INVALID_CONFIGURATION} if a file of {@link #tls} is wrong
     */
    public Future<EmbeddedNats> start() {
        return EmbeddedNats.start(new BrokerSettings(
                host,
                port,
                maxPayload,
                MAX_CONTROL_LINE,
                maxPending,
                maxMemory,
                pingInterval,
                maxPingsOut,
                writeDeadline,
                eventLoops,
                listener,
                authenticator,
                authTimeout,
                maxConnections,
                maxSubscriptions,
                maxOperations,
                maxUnauthenticated,
                tls,
                advertised,
                monitoring));
    }

    private static int within(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + value + "; give " + least + " to " + most);
        }
        return value;
    }

    private static Duration positive(String what, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(what + " is " + value + "; give at least a millisecond");
        }
        return value;
    }

    private static final class NobodyListens implements ClientListener {
        @Override
        public void opened(NatsClient client) {
            // nobody wants to know
        }

        @Override
        public void closed(NatsClient client) {
            // nobody wants to know
        }
    }
}
