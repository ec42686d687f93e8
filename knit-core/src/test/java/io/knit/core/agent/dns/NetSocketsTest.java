package io.knit.core.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetSocketsTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0:0::1", "0000:0000:0000:0000:0000:0000:0000:0001"})
    @DisplayName("a name server is heard, however its address is written")
    void spelling(String address) throws Exception {
        byte[] question = {1, 2, 3};
        DatagramSocket server =
                vertx.createDatagramSocket(new DatagramSocketOptions().setIpV6(address.indexOf(':') >= 0));
        server.handler(packet -> server.send(
                packet.data(), packet.sender().port(), packet.sender().host()));
        server.listen(0, address).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        byte[] answer = new NetSockets(vertx)
                .ask(address, server.localAddress().port(), question, false, bytes -> true, Duration.ofSeconds(5))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(answer).isEqualTo(question);
    }

    /** Where it is heard, by both ways. */
    private InetSocketAddress hear(DnsSockets.Answerer answerer) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        get(new NetSockets(vertx).hear("127.0.0.1", port, answerer));
        return new InetSocketAddress("127.0.0.1", port);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Socket connect(InetSocketAddress to, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        // little is on its way
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(10_000);
        socket.connect(to);
        return socket;
    }

    private static void write(Socket socket, int questions) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < questions; i++) {
            all.writeBytes(new byte[] {0, 3, (byte) (i >> 8), (byte) i, 7});
        }
        socket.getOutputStream().write(all.toByteArray());
    }

    /** The next answer; -1: there comes none any more. */
    private static int read(Socket socket) {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = in.readNBytes(in.readUnsignedShort());
            return (answer[0] & 0xff) << 8 | answer[1] & 0xff;
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    @DisplayName("the second question of a connection is asked when the first one's answer is written")
    void inTurn() throws Exception {
        BlockingQueue<Promise<Optional<byte[]>>> asked = new LinkedBlockingQueue<>();
        InetSocketAddress there = hear((bytes, asker, whole) -> {
            Promise<Optional<byte[]>> answer = Promise.promise();
            asked.add(answer);
            return answer.future();
        });
        try (Socket one = connect(there, "127.0.0.1");
                Socket other = connect(there, "127.0.0.1")) {
            write(one, 2);
            Promise<Optional<byte[]>> first = take(asked);
            write(one, 1);
            write(other, 1);
            // another connection's has its turn, in the same thread
            Promise<Optional<byte[]>> others = take(asked);
            assertThat(asked).isEmpty();
            others.complete(Optional.of(new byte[] {9, 9}));
            assertThat(read(other)).isEqualTo(0x909);
            first.complete(Optional.of(new byte[] {1, 1}));
            assertThat(read(one)).isEqualTo(0x101);
            take(asked).complete(Optional.of(new byte[] {2, 2}));
            assertThat(read(one)).isEqualTo(0x202);
            take(asked).complete(Optional.empty());
            assertThat(read(one)).isEqualTo(-1);
        }
    }

    private static Promise<Optional<byte[]>> take(BlockingQueue<Promise<Optional<byte[]>>> asked) throws Exception {
        return Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS), "nothing was asked");
    }

    @Test
    @DisplayName(
            "who asks 10,000 things at once and reads slowly is asked on as it reads; in the end it has all answers in their order")
    void flood() throws Exception {
        int all = 10_000;
        AtomicInteger asked = new AtomicInteger();
        InetSocketAddress there = hear((bytes, asker, whole) -> {
            asked.incrementAndGet();
            return Future.succeededFuture(Optional.of(Arrays.copyOf(bytes, 40_000)));
        });
        try (Socket flood = connect(there, "127.0.0.1");
                Socket fence = connect(there, "127.0.0.2")) {
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                try {
                    write(flood, all);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 20; i++) {
                assertThat(read(flood)).isEqualTo(i);
                write(fence, 1);
                assertThat(read(fence)).isZero();
            }
            // what the sockets' own buffers hold, and no more
            assertThat(asked.get()).isLessThan(500);
            for (int i = 20; i < all; i++) {
                assertThat(read(flood)).isEqualTo(i);
            }
            written.get(10, TimeUnit.SECONDS);
            assertThat(asked.get()).isEqualTo(all + 20);
        }
    }

    @Test
    @DisplayName("one asker has eight connections, and others have theirs; one that ends makes room")
    void connections() throws Exception {
        InetSocketAddress there = hear((bytes, asker, whole) -> Future.succeededFuture(Optional.of(bytes)));
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                open.add(connect(there, "127.0.0.1"));
                assertThat(isAnswered(open.get(i))).as("connection %s", i).isTrue();
            }
            try (Socket ninth = connect(there, "127.0.0.1");
                    Socket others = connect(there, "127.0.0.2")) {
                assertThat(isAnswered(ninth)).isFalse();
                assertThat(isAnswered(others)).isTrue();
            }
            open.remove(0).close();
            Awaitility.await().until(() -> {
                try (Socket again = connect(there, "127.0.0.1")) {
                    return isAnswered(again);
                }
            });
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static boolean isAnswered(Socket socket) {
        try {
            write(socket, 1);
        } catch (IOException e) {
            return false;
        }
        return read(socket) == 0;
    }

    @Test
    @DisplayName("a question longer than any ends its connection, and what is in pieces is put together")
    void pieces() throws Exception {
        InetSocketAddress there = hear((bytes, asker, whole) -> Future.succeededFuture(Optional.of(bytes)));
        try (Socket socket = connect(there, "127.0.0.1")) {
            socket.setTcpNoDelay(true);
            for (byte piece : new byte[] {0, 2, 5, 6, 0}) {
                socket.getOutputStream().write(piece);
            }
            assertThat(read(socket)).isEqualTo(0x506);
            socket.getOutputStream().write(new byte[] {2, 7, 8, 16, 1, 0});
            assertThat(read(socket)).isEqualTo(0x708);
            assertThat(read(socket)).isEqualTo(-1);
        }
    }
}
