package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client can still make a broker read that has sent it away. */
class FarewellTest {
    /** What the sockets of both sides may take beside what the broker does. */
    private static final int SOCKETS = 24 * 1024 * 1024;

    private static final Authenticator NOBODY = claim -> Future.succeededFuture(Optional.empty());

    @ParameterizedTest
    @DisplayName("who goes on after the end is read no further than some megabytes")
    @ValueSource(strings = {"SUB aaaa", "aaaa", "PUB a 99999999\r\n", "CONNECT {\"protocol\":7}\r\n", "SUB a\r\n"})
    void endless(String beginning) throws IOException {
        EmbeddedNats nats = await(EmbeddedNats.builder().start());
        try {
            assertThat(sent(nats.port(), beginning)).isLessThan(SOCKETS);
        } finally {
            await(nats.close());
        }
    }

    @Test
    @DisplayName("nor is a stranger")
    void endlessStranger() throws IOException {
        EmbeddedNats nats = await(EmbeddedNats.builder().access(NOBODY).start());
        try {
            assertThat(sent(nats.port(), "CONNECT {}\r\n")).isLessThan(SOCKETS);
            assertThat(sent(nats.port(), "PING\r\n")).isLessThan(SOCKETS);
        } finally {
            await(nats.close());
        }
    }

    @Test
    @DisplayName("an obedient client's large message is thrown away, and the client finds why")
    void obedient() {
        EmbeddedNats nats = await(EmbeddedNats.builder().maxPayload(1000).start());
        try (RawClient client = RawClient.quiet(nats.port())) {
            client.trySend(("PUB a 900000\r\n" + "x".repeat(900_000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(client.untilClosed()).isEqualTo("-ERR 'Maximum Payload Violation'\r\n");
        } finally {
            await(nats.close());
        }
    }

    @Test
    @DisplayName("monitoring reads no body")
    void endlessBody() throws IOException {
        EmbeddedNats nats =
                await(EmbeddedNats.builder().monitoring("127.0.0.1", 0).start());
        try {
            int port = URI.create(nats.monitoringUrl().orElseThrow()).getPort();
            String head = "POST /varz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n";
            assertThat(sent(port, head)).isLessThan(SOCKETS);
        } finally {
            await(nats.close());
        }
    }

    /** How much a client can send that never stops. */
    private static long sent(int port, String beginning) throws IOException {
        byte[] block = new byte[256 * 1024];
        Arrays.fill(block, (byte) 'a');
        long sent = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            while (sent < 10L * SOCKETS) {
                out.write(block);
                sent += block.length;
            }
        } catch (IOException e) {
            return sent; // the broker's end is gone
        }
        return sent;
    }
}
