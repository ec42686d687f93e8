package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** TLS as nats-server speaks it. */
abstract class TlsContract {
    private static final byte ALERT = 21;
    static final String HELLO = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";
    private @Nullable TestBroker broker;

    abstract TestBroker broker(TlsOptions options);

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    final int start(TlsOptions.Builder options) {
        TestBroker started = broker(options.build());
        broker = started;
        return started.port();
    }

    static TlsOptions.Builder mutual() {
        return TestCertificates.server().clientCa(TestCertificates.pemOf("ca"));
    }

    static Connection jnats(int port, String scheme, SSLContext tls) throws IOException, InterruptedException {
        return Nats.connect(new Options.Builder()
                .server(scheme + "://127.0.0.1:" + port)
                .sslContext(tls)
                .connectionTimeout(Duration.ofSeconds(2))
                .maxReconnects(0)
                .build());
    }

    static void useAndClose(Connection connection) throws Exception {
        try {
            connection
                    .createDispatcher(m -> connection.publish(m.getReplyTo(), m.getData()))
                    .subscribe("echo");
            byte[] large = new byte[700_000]; // many records of TLS
            large[699_999] = 7;
            assertThat(connection
                            .request("echo", large)
                            .get(20, TimeUnit.SECONDS)
                            .getData())
                    .isEqualTo(large);
        } finally {
            connection.close();
        }
    }

    @Test
    @DisplayName("INFO comes in plain, then the handshake, then NATS")
    void afterInfo() throws Exception {
        int port = start(TestCertificates.server());
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (RawClient plain = new RawClient(port);
                    RawClient client = plain.secured(TestCertificates.client(), version)) {
                assertThat(client.info())
                        .contains("\"tls_required\":true")
                        .doesNotContain("tls_verify", "tls_available");
                client.send(HELLO + "SUB a 1\r\nPUB a 2\r\nhi\r\n");
                assertThat(client.answers()).isEqualTo("MSG a 1 2\r\nhi\r\n");
            }
        }
    }

    @Test
    @DisplayName("jnats comes in by tls:// and, seeing INFO, by nats:// with TLS")
    void jnats() throws Exception {
        int port = start(TestCertificates.server());
        useAndClose(jnats(port, "tls", TestCertificates.client()));
        useAndClose(jnats(port, "nats", TestCertificates.client()));
    }

    @Test
    @DisplayName("who is sent away hears why, also over TLS")
    void farewell() throws Exception {
        int port = start(TestCertificates.server());
        try (RawClient plain = new RawClient(port);
                RawClient client = plain.secured(TestCertificates.client())) {
            assertThat(client.send(HELLO + "FOO\r\n").untilClosed()).isEqualTo("-ERR 'Unknown Protocol Operation'\r\n");
        }
    }

    @Test
    @DisplayName("the end of the stream is announced as TLS wants it, so that nobody can cut it off unseen")
    void closeNotify() throws Exception {
        int port = start(TestCertificates.server());
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try (RawClient plain = RawClient.recording(port, wire);
                RawClient client = plain.secured(TestCertificates.client(), "TLSv1.2")) {
            client.send(HELLO + "FOO\r\n").untilClosed();
        }
        ByteBuffer records = ByteBuffer.wrap(wire.toByteArray());
        byte last = 0;
        while (records.remaining() >= 5) {
            last = records.get();
            records.getShort(); // version
            int length = records.getShort();
            records.position(records.position() + length);
        }
        assertThat(last).as("the last record's kind").isEqualTo(ALERT);
    }

    @Test
    @DisplayName("a client without TLS is disconnected without a word")
    void plainClient() {
        int port = start(TestCertificates.server());
        try (RawClient client = new RawClient(port)) {
            client.trySend(
                    "CONNECT {\"verbose\":false}\r\nPING\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @Test
    @DisplayName("a handshake that does not come, or stops in the middle, ends the connection")
    void hangingHandshake() {
        int port = start(TestCertificates.server());
        try (RawClient silent = new RawClient(port);
                RawClient hanging = new RawClient(port)) {
            hanging.send(new byte[] {0x16, 3, 1, 2, 0, 1});
            assertThat(silent.untilClosed()).isEmpty();
            assertThat(hanging.untilClosed()).isEmpty();
        }
    }

    @Test
    @DisplayName("with allowPlain clients choose")
    void choice() throws Exception {
        int port = start(TestCertificates.server().allowPlain(true));
        try (RawClient plain = RawClient.quiet(port)) {
            assertThat(plain.info()).contains("\"tls_available\":true").doesNotContain("tls_required");
            assertThat(plain.answers()).isEmpty();
        }
        try (RawClient plain = new RawClient(port);
                RawClient client = plain.secured(TestCertificates.client())) {
            client.send(HELLO);
            assertThat(client.answers()).isEmpty();
        }
        try (RawClient hanging = new RawClient(port)) {
            assertThat(hanging.send(new byte[] {0x16, 3, 1, 2, 0, 1}).untilClosed())
                    .isEmpty();
        }
        useAndClose(jnats(port, "tls", TestCertificates.client()));
    }

    @Test
    @DisplayName("with client certificates, one of the authority is let in, none and a stranger's are not")
    void mutualTls() throws Exception {
        int port = start(mutual());
        try (RawClient client = new RawClient(port)) {
            assertThat(client.info()).contains("\"tls_required\":true", "\"tls_verify\":true");
        }
        useAndClose(jnats(port, "tls", TestCertificates.client("client")));
        for (SSLContext wrong : new SSLContext[] {TestCertificates.client(), TestCertificates.client("stranger")}) {
            assertThatThrownBy(() -> jnats(port, "tls", wrong)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("a client that does not trust the certificate does not stay; the broker goes on")
    void untrusted() throws Exception {
        int port = start(TestCertificates.server());
        assertThatThrownBy(() -> jnats(port, "tls", SSLContext.getDefault())).isInstanceOf(IOException.class);
        useAndClose(jnats(port, "tls", TestCertificates.client()));
    }

    @Test
    @DisplayName("bytes of a handshake that are none end the connection")
    void brokenHandshake() {
        int port = start(TestCertificates.server());
        try (RawClient client = new RawClient(port)) {
            client.trySend(new byte[] {0x16, 3, 1, 0, 5, 9, 9, 9, 9, 9});
            String heard = client.untilClosed();
            assertThat(heard.length()).isLessThan(16); // an alert of TLS at most
        }
    }
}
