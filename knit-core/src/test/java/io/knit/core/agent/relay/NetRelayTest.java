package io.knit.core.agent.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real sockets. */
@Timeout(30)
class NetRelayTest {
    private final NetRelay relay = new NetRelay();
    private final AtomicInteger full = new AtomicInteger();
    private final RelayTargets.Load load = new RelayTargets.Load(50, it -> {}, full::incrementAndGet);
    private final RelayTargets targets = new RelayTargets(load);
    private ServerSocket container;
    private int port;
    private RelaySockets.Listening listening;

    @BeforeEach
    void listen() throws Exception {
        container = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        listening = await(relay.listen("127.0.0.1", port, targets));
        targets.are(List.of(target(false)));
    }

    @AfterEach
    void close() throws Exception {
        await(listening.close());
        await(relay.close());
        container.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private RelayTarget target(boolean proxy) {
        return new RelayTarget("a", "127.0.0.1", container.getLocalPort(), proxy);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private Socket accept() throws IOException {
        container.setSoTimeout(10_000);
        Socket socket = container.accept();
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    void oneSideMayEndAndTheOtherGoesOn() throws Exception {
        try (Socket user = connect();
                Socket inside = accept()) {
            user.getOutputStream().write("all that I ask".getBytes(UTF_8));
            user.shutdownOutput();
            assertThat(new String(inside.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("all that I ask");
            inside.getOutputStream().write("the answer".getBytes(UTF_8));
            inside.shutdownOutput();
            assertThat(new String(user.getInputStream().readAllBytes(), UTF_8)).isEqualTo("the answer");
        }
        Awaitility.await().until(() -> load.of("a") == 0);
    }

    @Test
    void whatIsLongArrivesWholeBothWays() throws Exception {
        byte[] much = bytes(20_000_000);
        try (Socket user = connect();
                Socket inside = accept()) {
            Thread echo = new Thread(() -> {
                try {
                    inside.getInputStream().transferTo(inside.getOutputStream());
                    inside.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            echo.start();
            Thread sends = new Thread(() -> {
                try {
                    user.getOutputStream().write(much);
                    user.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sends.start();
            assertThat(Arrays.equals(user.getInputStream().readAllBytes(), much))
                    .isTrue();
            echo.join();
            sends.join();
        }
    }

    @Test
    void whoDoesNotReadHoldsUpWhoSends() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (Socket user = connect();
                Socket inside = accept()) {
            Thread sends = new Thread(() -> {
                byte[] piece = bytes(64 * 1024);
                try {
                    while (true) {
                        inside.getOutputStream().write(piece);
                        sent.addAndGet(piece.length);
                    }
                } catch (IOException over) {
                    // the test is
                }
            });
            sends.start();
            long[] before = {-1};
            // two socket buffers on each side, and what the relay holds
            Awaitility.await().pollInterval(Duration.ofMillis(300)).until(() -> before[0] == (before[0] = sent.get()));
            assertThat(sent.get()).isGreaterThan(0).isLessThan(40_000_000);
            user.close();
            sends.join();
        }
    }

    @Test
    void aResetIsPassedOnAsOne() throws Exception {
        try (Socket user = connect();
                Socket inside = accept()) {
            inside.getOutputStream().write("half of ".getBytes(UTF_8));
            assertThat(user.getInputStream().readNBytes(8)).hasSize(8);
            inside.setSoLinger(true, 0);
            inside.close();
            assertThatThrownBy(() -> user.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void withNobodyAConnectionIsReset() throws Exception {
        targets.are(List.of());
        try (Socket user = connect()) {
            assertThatThrownBy(() -> user.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(load.of("a")).isZero();
    }

    @Test
    void whoDoesNotTakeItIsPassedOver() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = free.getLocalPort();
        }
        RelayTarget starting = new RelayTarget("b", "127.0.0.1", nobody, false);
        targets.are(List.of(starting, target(false)));
        for (int i = 0; i < 4; i++) {
            try (Socket user = connect();
                    Socket inside = accept()) {
                inside.getOutputStream().write(i);
                assertThat(user.getInputStream().read()).isEqualTo(i);
            }
        }
        targets.are(List.of(starting));
        try (Socket user = connect()) {
            assertThatThrownBy(() -> user.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        Awaitility.await().until(() -> load.of("a") == 0 && load.of("b") == 0);
    }

    @Test
    void theContainerIsToldWhoConnectsBeforeAllElse() throws Exception {
        targets.are(List.of(target(true)));
        try (Socket user = connect();
                Socket inside = accept()) {
            user.getOutputStream().write('x');
            InputStream heard = inside.getInputStream();
            byte[] wanted = ProxyHeader.of((InetSocketAddress) user.getLocalSocketAddress(), (InetSocketAddress)
                    user.getRemoteSocketAddress());
            assertThat(wanted).hasSize(28);
            assertThat(heard.readNBytes(28)).isEqualTo(wanted);
            assertThat(heard.read()).isEqualTo('x');
        }
    }

    @Test
    void anOldConnectionGoesOnWhereItIs() throws Exception {
        try (ServerSocket next = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                Socket old = connect();
                Socket before = accept()) {
            targets.are(List.of(new RelayTarget("b", "127.0.0.1", next.getLocalPort(), false)));
            try (Socket user = connect();
                    Socket after = next.accept()) {
                after.getOutputStream().write(2);
                assertThat(user.getInputStream().read()).isEqualTo(2);
                before.getOutputStream().write(1);
                assertThat(old.getInputStream().read()).isEqualTo(1);
                old.getOutputStream().write(3);
                assertThat(before.getInputStream().read()).isEqualTo(3);
                assertThat(load.of("a")).isEqualTo(1);

                listening.cut("a");
                assertThatThrownBy(() -> old.getInputStream().read()).isInstanceOf(SocketException.class);
                after.getOutputStream().write(4);
                assertThat(user.getInputStream().read()).isEqualTo(4);
            }
            // and those who come later
            try (Socket user = connect();
                    Socket after = next.accept()) {
                after.getOutputStream().write(5);
                assertThat(user.getInputStream().read()).isEqualTo(5);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsSaidAsTheEngineSaysIt() {
        assertThatThrownBy(() -> await(relay.listen("127.0.0.1", port, targets)))
                .cause()
                .isInstanceOfSatisfying(KnitException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE);
                    assertThat(e)
                            .hasMessage("Port 127.0.0.1:" + port
                                    + " is already in use on the node; free it or choose another host_port");
                });
        assertThatThrownBy(() -> await(relay.listen("192.0.2.1", port, targets)))
                .cause()
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SUCH_ADDRESS))
                .hasMessageContaining("the node does not have this address");
    }

    @Test
    void aPortThatTheAgentMayNotHaveIsToldFromOneThatIsTaken() {
        InetSocketAddress at = new InetSocketAddress("::1", 80);
        assertThat(NetRelay.inUse(at, new BindException("Permission denied")))
                .hasMessage("Port [0:0:0:0:0:0:0:1]:80 can't be bound: the agent may not; run it as root or with"
                        + " CAP_NET_BIND_SERVICE, or choose a host_port above 1023");
        IOException other = new IOException("Too many open files");
        assertThat(NetRelay.inUse(at, other)).isSameAs(other);
    }

    @Test
    void onceClosedThePortIsFreeAndItsConnectionsAreOver() throws Exception {
        try (Socket user = connect();
                Socket inside = accept()) {
            await(listening.close());
            assertThat(endOf(user)).isTrue();
            assertThat(endOf(inside)).isTrue();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            listening = await(relay.listen("127.0.0.1", port, targets));
            try (Socket another = connect();
                    Socket there = accept()) {
                there.getOutputStream().write(1);
                assertThat(another.getInputStream().read()).isEqualTo(1);
            }
        }
    }

    private static boolean endOf(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void allOfIpv4IsNothingOfIpv6() throws Exception {
        await(listening.close());
        listening = await(relay.listen("0.0.0.0", port, targets));
        try (Socket user = connect();
                Socket inside = accept()) {
            inside.getOutputStream().write(1);
            assertThat(user.getInputStream().read()).isEqualTo(1);
        }
        RelaySockets.Listening six = await(relay.listen("::1", port, targets));
        await(six.close());
        assertThatThrownBy(() -> new Socket("::1", port).close()).isInstanceOf(IOException.class);
    }

    @Test
    void nextNamesNobodyTwice() {
        targets.are(List.of(target(false)));
        assertThat(targets.next(Set.of(target(false)))).isNull();
    }
}
