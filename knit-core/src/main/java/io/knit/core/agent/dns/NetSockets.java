package io.knit.core.agent.dns;

import io.netty.util.NetUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Sockets of Vert.x. Thread-safe. */
public final class NetSockets implements DnsSockets {
    private static final int MOST_CONNECTIONS = 128;
    /** Connections of one asker. */
    private static final int MOST_OF_ONE = 8;
    /** So much is read at once; what is read before a pause is kept. */
    private static final int PIECE = 8_192;

    private static final int IDLE_SECONDS = 10;
    private static final int CONNECT_MILLIS = 2_000;
    /** Of Netty's buffers for datagrams: one that fills it may be cut off. */
    private static final int LONGEST_DATAGRAM = 2_048;

    private final Vertx vertx;
    private final NetClient client;

    public NetSockets(Vertx vertx) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(
                new NetClientOptions().setConnectTimeout(CONNECT_MILLIS).setIdleTimeout(IDLE_SECONDS));
    }

    @Override
    public Set<String> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.toSet());
        } catch (SocketException e) {
            return Set.of();
        }
    }

    @Override
    public Future<Hearing> hear(String address, int port, Answerer answerer) {
        DatagramSocket udp = vertx.createDatagramSocket(new DatagramSocketOptions());
        udp.exceptionHandler(ignored -> {});
        udp.handler(packet -> answerer.answer(
                        packet.data().getBytes(), packet.sender().hostAddress(), false)
                .onSuccess(answer -> answer.ifPresent(bytes -> udp.send(
                                Buffer.buffer(bytes),
                                packet.sender().port(),
                                packet.sender().hostAddress())
                        .onFailure(ignored -> {}))));
        NetServer tcp = vertx.createNetServer(
                new NetServerOptions().setIdleTimeout(IDLE_SECONDS).setReceiveBufferSize(PIECE));
        Forwarding.Bound open = new Forwarding.Bound(MOST_CONNECTIONS, MOST_OF_ONE);
        tcp.connectHandler(socket -> {
            String asker = socket.remoteAddress().hostAddress();
            if (!open.begin(asker)) {
                end(socket);
                return;
            }
            socket.closeHandler(closed -> open.end(asker));
            socket.exceptionHandler(ignored -> {});
            new Heard(socket, asker, answerer).hear();
        });
        return udp.listen(port, address)
                .compose(bound -> tcp.listen(bound.localAddress().port(), address))
                .<Hearing>map(
                        both -> () -> Future.join(udp.close(), tcp.close()).mapEmpty())
                .recover(why -> Future.join(udp.close(), tcp.close()).transform(any -> Future.failedFuture(why)));
    }

    private static void end(NetSocket socket) {
        socket.close().onFailure(ignored -> {});
    }

    private static Buffer framed(byte[] message) {
        return Buffer.buffer().appendUnsignedShort(message.length).appendBytes(message);
    }

    /** One connection of an asker's. One question at a time: who asks on without reading the answers waits. */
    private final class Heard {
        private final NetSocket socket;
        private final String asker;
        private final Answerer answerer;
        private final Context context = vertx.getOrCreateContext();
        private final Framing framing = new Framing(DnsQuery.LONGEST);

        Heard(NetSocket socket, String asker, Answerer answerer) {
            this.socket = socket;
            this.asker = asker;
            this.answerer = answerer;
        }

        void hear() {
            socket.handler(piece -> {
                framing.add(piece.getBytes());
                next();
            });
        }

        private void next() {
            Optional<byte[]> question = framing.next();
            if (question.isPresent()) {
                socket.pause();
                answerer.answer(question.get(), asker, true).onSuccess(this::write);
            } else if (framing.isBroken()) {
                end(socket);
            } else {
                socket.resume();
            }
        }

        private void write(Optional<byte[]> answer) {
            if (answer.isEmpty()) {
                end(socket);
                return;
            }
            // a turn of the loop for each, so that others' questions come in between
            socket.write(framed(answer.get()))
                    .onSuccess(written -> context.runOnContext(turn -> next()))
                    .onFailure(ignored -> end(socket));
        }
    }

    @Override
    public Future<byte[]> ask(
            String server, int port, byte[] query, boolean whole, Predicate<byte[]> meant, Duration timeout) {
        Promise<byte[]> done = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, timeout.toMillis()), fired -> done.tryFail(server + " did not answer in time"));
        done.future().onComplete(any -> vertx.cancelTimer(timer));
        if (whole) {
            client.connect(port, server).onFailure(done::tryFail).onSuccess(socket -> {
                done.future().onComplete(any -> end(socket));
                socket.exceptionHandler(done::tryFail);
                socket.closeHandler(closed -> done.tryFail(server + " ended the connection"));
                Framing framing = new Framing(65_535);
                socket.handler(piece -> {
                    framing.add(piece.getBytes());
                    for (Optional<byte[]> it = framing.next(); it.isPresent(); it = framing.next()) {
                        if (meant.test(it.get())) {
                            done.tryComplete(it.get());
                        }
                    }
                });
                socket.write(framed(query)).onFailure(done::tryFail);
            });
        } else {
            // a socket of its own for each question, so that its port can't be guessed either
            DatagramSocket udp;
            try {
                udp = vertx.createDatagramSocket(new DatagramSocketOptions().setIpV6(server.indexOf(':') >= 0));
            } catch (RuntimeException e) {
                // Netty's word for too many open files
                done.tryFail(e);
                return done.future();
            }
            done.future().onComplete(any -> udp.close().onFailure(ignored -> {}));
            udp.exceptionHandler(done::tryFail);
            udp.handler(packet -> {
                byte[] bytes = packet.data().getBytes();
                if (packet.sender().port() == port
                        && isSame(packet.sender().hostAddress(), server)
                        && meant.test(bytes)) {
                    done.tryComplete(bytes.length < LONGEST_DATAGRAM ? bytes : cut(bytes));
                }
            });
            udp.send(Buffer.buffer(query), port, server).onFailure(done::tryFail);
        }
        return done.future();
    }

    /** An address of IPv6 has more spellings than one. */
    private static boolean isSame(String one, String other) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(one);
        return bytes != null && Arrays.equals(bytes, NetUtil.createByteArrayFromIpAddressString(other));
    }

    /** With nothing but its question, and the word that there is more by TCP. */
    private static byte[] cut(byte[] bytes) {
        byte[] head = DnsQuery.head(bytes);
        head[2] |= 0x02;
        return head;
    }
}
