package io.knit.plugin.nats.broker;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.Version;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the broker talks to the system: by epoll where the program has Netty's native library on its class path, else by Java's own
 * sockets.
 */
enum SocketKind {
    EPOLL {
        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> server() {
            return EpollServerSocketChannel.class;
        }
    },
    NIO {
        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> server() {
            return NioServerSocketChannel.class;
        }
    };

    private static final Logger LOG = LoggerFactory.getLogger(SocketKind.class);
    private static final String NETTY = "netty-transport";
    private static final String CLASSES = "netty-transport-classes-epoll";
    private static final String NATIVE = "netty-transport-native-epoll";

    abstract IoHandlerFactory handlers();

    abstract Class<? extends ServerChannel> server();

    /** The best that is to be had here. */
    static SocketKind present() {
        if (!epollIsAvailable()) {
            return NIO;
        }
        Map<String, String> versions = Version.identify().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, version -> version.getValue().artifactVersion()));
        if (fit(versions)) {
            return EPOLL;
        }
        LOG.warn(
                "Netty's native epoll is of version {}, Netty of {}: it is not used; put the same version on the class path",
                versions.get(NATIVE),
                versions.get(NETTY));
        return NIO;
    }

    /** Whether all parts are of one version. They must be: 4.2.20's classes over 4.2.13's library lost wake-ups. */
    static boolean fit(Map<String, String> versions) {
        String netty = versions.get(NETTY);
        return netty != null && netty.equals(versions.get(CLASSES)) && netty.equals(versions.get(NATIVE));
    }

    private static boolean epollIsAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (LinkageError e) {
            return false; // not even Netty's classes for it are there
        }
    }
}
