package io.knit.plugin.nats.broker;

import io.knit.api.spi.Figure;
import io.knit.plugin.nats.broker.monitor.MetricsPage;
import io.knit.plugin.nats.broker.monitor.Monitor;
import io.knit.plugin.nats.broker.monitor.Watched;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final long CLOSE_SECONDS = 5;

    private final BrokerOptions options;
    private final Broker broker;
    private final EventLoopGroup group;
    private final Channel server;
    private final Watched watch;
    private volatile @Nullable Monitor monitor;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Promise<Void> closed = Promise.promise();

    private EmbeddedNats(BrokerOptions options, Broker broker, EventLoopGroup group, Channel server) {
        this.options = options;
        this.broker = broker;
        this.group = group;
        this.server = server;
        this.watch = new BrokerWatch(broker);
    }

    /** A broker's settings, to {@link EmbeddedNatsBuilder#start}. */
    public static EmbeddedNatsBuilder builder() {
        return new EmbeddedNatsBuilder();
    }

    static Future<EmbeddedNats> start(BrokerOptions options) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                options.eventLoops(), new DefaultThreadFactory("knit-nats", true), NioIoHandler.newFactory());
        Broker broker = new Broker(options, newId(), group, new SplittableRandom(new SecureRandom().nextLong()));
        Promise<EmbeddedNats> started = Promise.promise();
        ChannelFuture bound = bootstrap(group, broker).bind(new InetSocketAddress(options.host(), options.port()));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                EmbeddedNats nats = new EmbeddedNats(options, broker, group, bound.channel());
                broker.listensOn(nats.port());
                nats.monitor().map(nats).onComplete(started);
            } else {
                shutdown(group)
                        .addListener(end -> started.fail(BindFailure.explain(
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
        InetSocketAddress address = options.monitoring();
        if (address == null) {
            return Future.succeededFuture();
        }
        return Monitor.start(watch, address.getHostString(), address.getPort())
                .onSuccess(listening -> monitor = listening)
                .<Void>mapEmpty()
                .recover(cause -> close().transform(closed ->
                        Future.failedFuture(BindFailure.explain("monitoring", "--nats-monitor-addr", address, cause))));
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group, Broker broker) {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(broker.connection(channel));
                    }
                });
    }

    private static io.netty.util.concurrent.Future<?> shutdown(EventLoopGroup group) {
        return group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private static String newId() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        StringBuilder id = new StringBuilder("N");
        new SecureRandom().ints(55, 0, alphabet.length()).forEach(i -> id.append(alphabet.charAt(i)));
        return id.toString();
    }

    /** The port it listens on, also where 0 was asked for. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Where clients find it: {@code nats://127.0.0.1:4222}. Clients of other machines need an address in place of 0.0.0.0. */
    public String url() {
        return url("nats", options.host(), port());
    }

    /** Where clients on this machine find it, also if it listens on all addresses. */
    public String localUrl() {
        boolean all = ((InetSocketAddress) server.localAddress()).getAddress().isAnyLocalAddress();
        return url("nats", all ? "127.0.0.1" : options.host(), port());
    }

    private static String url(String scheme, String host, int port) {
        return scheme + "://" + (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
    }

    /** Where {@link EmbeddedNatsBuilder#monitoring} answers: {@code http://127.0.0.1:8222}; empty if it is off. */
    public Optional<String> monitoringUrl() {
        Monitor listening = monitor;
        InetSocketAddress address = options.monitoring();
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

    /** Disconnects all clients and frees the port. May be called more than once. */
    public Future<Void> close() {
        if (closing.compareAndSet(false, true)) {
            server.close().addListener(freed -> {
                broker.connections().forEach(Connection::hangUp);
                Monitor listening = monitor;
                Future<Void> quiet = listening == null ? Future.succeededFuture() : listening.close();
                shutdown(group).addListener(end -> quiet.onComplete(closed));
            });
        }
        return closed.future();
    }

    /** For tests: how many subscriptions there are. */
    int subscriptions() {
        return broker.trie().size();
    }
}
