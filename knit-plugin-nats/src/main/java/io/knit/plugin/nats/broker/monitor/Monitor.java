package io.knit.plugin.nats.broker.monitor;

import io.knit.plugin.nats.broker.monitor.figures.Watched;
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
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Answers questions about a broker over HTTP, on one daemon thread of its own, so that a large answer delays no message.
 * Thread-safe.
 */
public final class Monitor {
    private static final int MOST_LINE = 4096;
    private static final int MOST_HEADERS = 8192;
    private static final int PIECE = 8192;
    private static final int BACKLOG = 64;
    private static final long CLOSE_SECONDS = 1;

    private final EventLoopGroup group;
    private final Channel server;

    private Monitor(EventLoopGroup group, Channel server) {
        this.group = group;
        this.server = server;
    }

    /**
     * Listens.
     *
     * @param port 0–65535; 0 is any free one
     * @return fails with what the system says if it can't
     */
    public static Future<Monitor> start(Watched watched, String host, int port) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("knit-nats-monitor", true), NioIoHandler.newFactory());
        Site site = new Site(watched, host);
        Guests guests = new Guests();
        Promise<Monitor> started = Promise.promise();
        ChannelFuture bound = bootstrap(group, site, guests).bind(new InetSocketAddress(host, port));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                Monitor monitor = new Monitor(group, bound.channel());
                site.listensOn(monitor.port());
                started.complete(monitor);
            } else {
                shutdown(group).addListener(end -> started.fail(done.cause()));
            }
        });
        return started.future();
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group, Site site, Guests guests) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MOST_LINE)
                .setMaxHeaderSize(MOST_HEADERS)
                .setMaxChunkSize(PIECE);
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        guests,
                                        new HttpRequestDecoder(limits),
                                        new HttpResponseEncoder(),
                                        new MonitorHandler(site, guests));
                    }
                });
    }

    private static io.netty.util.concurrent.Future<?> shutdown(EventLoopGroup group) {
        return group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** The port it listens on, also where 0 was asked for. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Frees the port; answers under way are cut off. May be called more than once. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        server.close().addListener(freed -> shutdown(group).addListener(end -> closed.complete()));
        return closed.future();
    }
}
