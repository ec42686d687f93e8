package io.knit.plugin.nats.broker;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.figure.Figure;
import io.knit.plugin.nats.broker.client.Broker;
import io.knit.plugin.nats.broker.client.BrokerWatch;
import io.knit.plugin.nats.broker.flow.FairReads;
import io.knit.plugin.nats.broker.login.TlsEntrance;
import io.knit.plugin.nats.broker.monitor.Monitor;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.knit.plugin.nats.broker.monitor.page.MetricsPage;
import io.knit.plugin.nats.broker.settings.Advertised;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.knit.plugin.nats.broker.tls.BrokerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A NATS broker in this JVM: any NATS client can connect to it. Core NATS of one node: publish, subscribe, wildcards, queue
 * groups, request and reply, headers; no JetStream, no clustering.
 *
 * <pre>{@code
 * EmbeddedNats.builder().address("127.0.0.1", 0).start()
 *         .onSuccess(nats -> System.out.println("listening on " + nats.url()));
 * }</pre>
 *
 * <p>Thread-safe. Its threads are daemons: a program that ends need not close it. Messages are kept in memory only and are gone
 * when it closes.
 */
public final class EmbeddedNats {
    private static final int BACKLOG = 4096;

    private final BrokerSettings settings;
    private final Broker broker;
    private final @Nullable BrokerTls tls;
    private final Channel server;
    private final Shutdown shutdown;
    private final Watched watch;
    private volatile @Nullable Monitor monitor;

    private EmbeddedNats(
            BrokerSettings options, Broker broker, @Nullable BrokerTls tls, Channel server, Shutdown shutdown) {
        this.settings = options;
        this.broker = broker;
        this.tls = tls;
        this.server = server;
        this.shutdown = shutdown;
        this.watch = new BrokerWatch(broker);
    }

    /** A broker's settings, to {@link EmbeddedNatsBuilder#start}. */
    public static EmbeddedNatsBuilder builder() {
        return new EmbeddedNatsBuilder();
    }

    /** What it was started with. */
    public BrokerSettings settings() {
        return settings;
    }

    static Future<EmbeddedNats> start(BrokerSettings options) {
        BrokerTls tls;
        try {
            tls = options.tls() == null ? null : BrokerTls.open(options.tls());
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                options.eventLoops(),
                new DefaultThreadFactory("knit-nats", true),
                SocketKind.present().handlers());
        SecureRandom random = new SecureRandom();
        Broker broker = new Broker(
                options, newId(random), group, new TlsEntrance(tls), new SplittableRandom(random.nextLong()));
        Promise<EmbeddedNats> started = Promise.promise();
        ChannelFuture bound = bootstrap(group, broker).bind(new InetSocketAddress(options.host(), options.port()));
        Shutdown shutdown = new Shutdown(bound.channel(), broker, group, tls);
        bound.addListener(done -> {
            if (done.isSuccess()) {
                EmbeddedNats nats = new EmbeddedNats(options, broker, tls, bound.channel(), shutdown);
                broker.listensOn(nats.port());
                nats.monitor().map(nats).onComplete(started);
            } else {
                shutdown.now()
                        .onComplete(end -> started.fail(BindFailure.explain(
                                "NATS",
                                "--nats-addr",
                                InetSocketAddress.createUnresolved(options.host(), options.port()),
                                done.cause())));
            }
        });
        return started.future();
    }

    /** Answers questions, if it should; a broker that can't is closed again. */
    private Future<Void> monitor() {
        InetSocketAddress address = settings.monitoring();
        if (address == null) {
            return Future.succeededFuture();
        }
        return Monitor.start(watch, address.getHostString(), address.getPort())
                .onSuccess(listening -> {
                    monitor = listening;
                    shutdown.with(listening);
                })
                .<Void>mapEmpty()
                .recover(cause -> close().transform(closed ->
                        Future.failedFuture(BindFailure.explain("monitoring", "--nats-monitor-addr", address, cause))));
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group, Broker broker) {
        return new ServerBootstrap()
                .group(group)
                .channel(SocketKind.present().server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FairReads())
                .childOption(ChannelOption.ALLOCATOR, broker.memory().allocator())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(broker.connection(channel));
                    }
                });
    }

    private static String newId(SecureRandom random) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        StringBuilder id = new StringBuilder("N");
        random.ints(55, 0, alphabet.length()).forEach(i -> id.append(alphabet.charAt(i)));
        return id.toString();
    }

    /** The port it listens on, also where 0 was asked for. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Where clients find it: {@code nats://127.0.0.1:4222}, {@code tls://…} if it insists on TLS. Clients of other machines need an address in place of 0.0.0.0. */
    public String url() {
        return url(scheme(), settings.host(), port());
    }

    /** Where clients on this machine find it, also if it listens on all addresses. */
    public String localUrl() {
        boolean all = ((InetSocketAddress) server.localAddress()).getAddress().isAnyLocalAddress();
        return url(scheme(), all ? "127.0.0.1" : settings.host(), port());
    }

    private String scheme() {
        return tls != null && !tls.options().allowPlain() ? "tls" : "nats";
    }

    private static String url(String scheme, String host, int port) {
        return scheme + "://" + (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
    }

    /** Where {@link EmbeddedNatsBuilder#monitoring} answers: {@code http://127.0.0.1:8222}; empty if it is off. */
    public Optional<String> monitoringUrl() {
        Monitor listening = monitor;
        InetSocketAddress address = settings.monitoring();
        return listening == null || address == null
                ? Optional.empty()
                : Optional.of(url("http", address.getHostString(), listening.port()));
    }

    /** What the broker did so far, for Prometheus; names begin with {@code knit_nats_}. Also without monitoring. */
    public List<Figure> figures() {
        return MetricsPage.figures(watch);
    }

    /** How many clients are connected. */
    public int clients() {
        return broker.connections().size();
    }

    /** The addresses that clients are told of from now on, as {@link EmbeddedNatsBuilder#advertise}. */
    public void advertise(List<String> addresses) {
        broker.advertise(Advertised.checked(addresses));
    }

    /**
     * Reads the files of TLS now; those that connect afterwards see the new certificate. Files that change are noticed within
     * seconds without this.
     *
     * @return fails with {@code FILE_UNAVAILABLE} if a file is not there, {@code INVALID_CONFIGURATION} if a file is wrong, and then the certificate in use stays; fails with
     *     {@code INVALID_CONFIGURATION} too if the broker was started without TLS
     */
    public Future<Void> reloadTls() {
        return tls == null ? Future.failedFuture(withoutTls()) : tls.reload();
    }

    /**
     * TLS for clients in this program, such as jnats': trusts this broker's certificate, whichever it has at the time, and no other, and
     * shows it as the client's own where clients must have one.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if the broker was started without TLS
     */
    public SSLContext clientTls() {
        if (tls == null) {
            throw withoutTls();
        }
        return tls.ownClients();
    }

    private static KnitException withoutTls() {
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION, "this NATS broker has no TLS; give tls(...) when it is started");
    }

    /**
     * Goes slowly: takes no new clients, tells those that are here that the broker is about to go (INFO's {@code ldm}; client
     * libraries then move to another address if they know one), gives them a quarter of the time, at most 10 s, to do so, and
     * disconnects those that stay, one after the other over the rest of the time, each after it was sent what waits for it. Ends
     * sooner if all have gone. {@link #close} ends it at once.
     *
     * @param time zero or more; at most a day
     * @return completes when the broker is closed
     */
    public Future<Void> lameDuck(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("time is " + time + "; give a duration from zero to a day");
        }
        return shutdown.lameDuck(time);
    }

    /**
     * Takes no new clients, carries out nothing more of what clients send, sends them what already waits for them, for 2 s at most, and
     * disconnects them. The port is free at once. May be called more than once.
     */
    public Future<Void> close() {
        return shutdown.now();
    }

    /** For tests: what all clients share. */
    Broker broker() {
        return broker;
    }

    /** For tests: its event loops. */
    EventLoopGroup loops() {
        return shutdown.loops();
    }

    /** For tests: how many subscriptions there are. */
    int subscriptions() {
        return broker.trie().size();
    }

    /** For tests: the bytes that buffers take, freed ones that are kept for use again included. */
    long memory() {
        return broker.memory().used();
    }
}
