package io.knit.core.agent.relay;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of Netty, on threads of their own, so that what is carried holds up nothing else of the agent. Vert.x' own sockets end a connection both ways when one side has said
 * all that it has to say; these do not. Thread-safe.
 */
public final class NetRelay implements RelaySockets {
    private static final int THREADS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BACKLOG = 1_024;
    /** Above this nothing more is read for who does not take it; it bounds what one connection holds each way. */
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private static final AdaptiveRecvByteBufAllocator PIECES =
            new AdaptiveRecvByteBufAllocator(1_024, 16 * 1024, 64 * 1024);
    private static final AttributeKey<String> INSTANCE = AttributeKey.valueOf(NetRelay.class, "instance");

    private @Nullable EventLoopGroup threads;
    private boolean closed;

    /** Made with the first port. */
    private synchronized EventLoopGroup threads() {
        if (closed) {
            throw new KnitException(ErrorCode.CLOSED, "the agent is closed");
        }
        EventLoopGroup present = threads;
        if (present == null) {
            present = new MultiThreadIoEventLoopGroup(
                    THREADS, new DefaultThreadFactory("knit-relay", true), NioIoHandler.newFactory());
            threads = present;
        }
        return present;
    }

    @Override
    public synchronized Future<Void> close() {
        closed = true;
        EventLoopGroup present = threads;
        if (present != null) {
            present.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Listening> listen(String ip, int port, Gate gate) {
        InetSocketAddress at = new InetSocketAddress(ip, port);
        EventLoopGroup group = threads();
        ChannelGroup fronts = new DefaultChannelGroup(group.next(), true);
        // 0.0.0.0 alone: of both kinds it would be :: too, which is another's
        SocketProtocolFamily family = ip.contains(":") ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        ServerBootstrap server = new ServerBootstrap()
                .group(group)
                .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, PIECES)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel front) {
                        fronts.add(front);
                        connect(front, gate, new HashSet<>());
                    }
                });
        Promise<Listening> done = Promise.promise();
        server.bind(at).addListener(bound -> {
            if (bound.isSuccess()) {
                done.complete(new Open(((ChannelFuture) bound).channel(), fronts));
            } else {
                done.fail(inUse(at, bound.cause()));
            }
        });
        return done.future();
    }

    /** Why a port can't be had, as an engine would say it. */
    static Throwable inUse(InetSocketAddress at, Throwable why) {
        if (!(why instanceof BindException)) {
            return why;
        }
        String address = at.getAddress().getHostAddress();
        String place = "Port " + (address.contains(":") ? "[" + address + "]" : address) + ":" + at.getPort();
        String said = String.valueOf(why.getMessage());
        String words;
        if (said.contains("requested address")) {
            return new KnitException(
                    ErrorCode.NO_SUCH_ADDRESS,
                    place + " can't be bound: the node does not have this address; choose another host_ip",
                    why);
        } else if (said.contains("ermission")) {
            words =
                    " can't be bound: the agent may not; run it as root or with CAP_NET_BIND_SERVICE, or choose a host_port above 1023";
        } else {
            words = " is already in use on the node; free it or choose another host_port";
        }
        return new KnitException(ErrorCode.PORT_IN_USE, place + words, why);
    }

    /** Until one takes it, or none is left. */
    private static void connect(SocketChannel front, Gate gate, Set<RelayTarget> refused) {
        RelayTarget target = gate.next(refused);
        if (target == null) {
            Pump.reset(front);
            return;
        }
        Pump toFront = new Pump(front);
        new Bootstrap()
                .group(front.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
                .option(ChannelOption.RECVBUF_ALLOCATOR, PIECES)
                .handler(toFront)
                .connect(new InetSocketAddress(target.address(), target.port()))
                .addListener(connected -> {
                    Channel back = ((ChannelFuture) connected).channel();
                    if (!connected.isSuccess()) {
                        gate.ended(target);
                        refused.add(target);
                        connect(front, gate, refused);
                        return;
                    }
                    back.closeFuture().addListener(over -> gate.ended(target));
                    join(front, back, toFront, target);
                });
    }

    private static void join(SocketChannel front, Channel back, Pump toFront, RelayTarget target) {
        if (!front.isActive()) {
            Pump.reset(back);
            return;
        }
        front.attr(INSTANCE).set(target.instance());
        if (target.proxyProtocol()) {
            back.write(
                    Unpooled.wrappedBuffer(ProxyHeader.of(front.remoteAddress(), front.localAddress())),
                    back.voidPromise());
            back.flush();
        }
        Pump toBack = new Pump(back);
        toBack.beside(toFront);
        toFront.beside(toBack);
        front.pipeline().addLast(toBack);
        front.config().setAutoRead(true);
        back.config().setAutoRead(true);
    }

    private record Open(Channel server, ChannelGroup fronts) implements Listening {
        @Override
        public Future<Void> close() {
            Promise<Void> done = Promise.promise();
            // the system lets go of it with the next look at what is ready, not before
            server.close()
                    .addListener(closed -> fronts.close()
                            .addListener(all ->
                                    server.eventLoop().schedule(() -> done.tryComplete(), 1, TimeUnit.MILLISECONDS)));
            return done.future();
        }

        @Override
        public void cut(String instance) {
            // a group that is told to close some closes all that come to it later
            for (Channel front : fronts) {
                if (instance.equals(front.attr(INSTANCE).get())) {
                    Pump.reset(front);
                }
            }
        }
    }
}
