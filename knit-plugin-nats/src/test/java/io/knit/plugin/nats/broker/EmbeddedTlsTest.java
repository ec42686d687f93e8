package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.knit.testkit.Futures;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTlsTest extends TlsContract {
    @TempDir
    private Path folder;

    private @Nullable EmbeddedNats nats;

    private EmbeddedNats nats() {
        return Objects.requireNonNull(nats);
    }

    @Override
    TestBroker broker(TlsOptions options) {
        EmbeddedTestBroker broker = new EmbeddedTestBroker(options);
        nats = broker.nats();
        return broker;
    }

    private TlsOptions.Builder copied(String name) throws IOException {
        copy(name);
        return TlsOptions.builder().certificate(folder.resolve("cert.pem")).key(folder.resolve("key.pem"));
    }

    private void copy(String name) throws IOException {
        Files.copy(TestCertificates.pemOf(name), folder.resolve("cert.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(TestCertificates.keyOf(name), folder.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String shown(int port) {
        try (RawClient plain = new RawClient(port);
                RawClient client = plain.secured(TestCertificates.client())) {
            return client.certificate().getSubjectX500Principal().getName();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("with handshakeFirst INFO comes only after the handshake")
    void handshakeFirst() throws Exception {
        int port = start(TestCertificates.server().handshakeFirst(true));
        try (RawClient silent = RawClient.silent(port);
                RawClient client = silent.secured(TestCertificates.client())) {
            assertThat(client.line()).startsWith("INFO {").contains("\"tls_required\":true");
            client.send(HELLO);
            assertThat(client.answers()).isEmpty();
        }
        useAndClose(Nats.connect(new Options.Builder()
                .server(nats().url())
                .sslContext(nats().clientTls())
                .tlsFirst()
                .build()));
        try (RawClient mute = RawClient.silent(port)) {
            assertThat(mute.untilClosed()).isEmpty();
        }
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats().clients() == 0);
    }

    @Test
    @DisplayName("older TLS is refused")
    void oldVersions() {
        int port = start(TestCertificates.server());
        try (RawClient client = new RawClient(port)) {
            // a ClientHello of TLS 1.0 with one cipher
            client.trySend(hello((byte) 1));
            assertThat(client.untilClosed()).startsWith("\u0015\u0003"); // an alert, no ServerHello
        }
    }

    private static byte[] hello(byte minor) {
        byte[] body = new byte[43];
        body[0] = 3;
        body[1] = minor;
        body[36] = 2; // after version, random and empty session: two bytes of ciphers
        body[37] = (byte) 0xC0;
        body[38] = 0x0A;
        body[39] = 1; // one way to compress: none
        byte[] record = new byte[9 + 41];
        record[0] = 0x16;
        record[1] = 3;
        record[2] = 1;
        record[4] = 4 + 41;
        record[5] = 1;
        record[8] = 41;
        System.arraycopy(body, 0, record, 9, 41);
        return record;
    }

    @Test
    @DisplayName("a new certificate is shown without a restart; those connected stay")
    void reload() throws Exception {
        int port = start(copied("server"));
        try (RawClient plain = new RawClient(port);
                RawClient before = plain.secured(TestCertificates.client())) {
            before.send(HELLO).answers();
            copy("second");
            await(nats().reloadTls());
            assertThat(shown(port)).contains("CN=second");
            assertThat(before.answers()).isEmpty();
        }
    }

    @Test
    @DisplayName("changed files are noticed by themselves; wrong ones change nothing")
    void noticed() throws Exception {
        int port = start(copied("server"));
        Files.writeString(folder.resolve("cert.pem"), "rubbish");
        assertThat(failure(nats().reloadTls())).hasMessageContaining("holds no certificate");
        assertThat(shown(port)).contains("CN=server");
        copy("second");
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> shown(port).contains("CN=second"));
    }

    @Test
    @DisplayName("a file that is put right with nothing to be seen of it but its content, as by chown, is used")
    void putRight() throws Exception {
        int port = start(copied("server"));
        Path key = folder.resolve("key.pem");
        copy("second");
        FileTime when = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        byte[] right = Files.readAllBytes(key);
        byte[] wrong = new byte[right.length];
        Arrays.fill(wrong, (byte) 'x');
        Files.write(key, wrong);
        Files.setLastModifiedTime(key, when);
        assertThat(failure(nats().reloadTls())).hasMessageContaining("key");
        Files.write(key, right);
        Files.setLastModifiedTime(key, when);
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> shown(port).contains("CN=second"));
    }

    @Test
    @DisplayName(
            "clients in the broker's program trust exactly its certificate, and are trusted, also after it changed")
    void ownClients() throws Exception {
        int port = start(copied("stranger").clientCa(TestCertificates.pemOf("ca")));
        useAndClose(jnats(port, "tls", nats().clientTls()));
        var own = nats().clientTls();
        copy("server");
        await(nats().reloadTls());
        useAndClose(jnats(port, "tls", own));
        EmbeddedTestBroker other = new EmbeddedTestBroker(TestCertificates.server()
                .certificate(TestCertificates.pemOf("second"))
                .key(TestCertificates.keyOf("second"))
                .build());
        try {
            assertThatThrownBy(() -> jnats(other.port(), "tls", own)).isInstanceOf(IOException.class);
        } finally {
            other.close();
        }
    }

    @Test
    @DisplayName("a client certificate that is not required may be left out, but not be a stranger's")
    void optionalCertificate() throws Exception {
        int port = start(mutual().clientCertificateRequired(false));
        try (RawClient client = new RawClient(port)) {
            assertThat(client.info()).doesNotContain("tls_verify");
        }
        useAndClose(jnats(port, "tls", TestCertificates.client()));
        useAndClose(jnats(port, "tls", TestCertificates.client("client")));
        assertThatThrownBy(() -> jnats(port, "tls", TestCertificates.client("stranger")))
                .isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("what is queued when the broker closes arrives, also over TLS")
    void closingDelivers() throws Exception {
        int port = start(TestCertificates.server());
        try (RawClient plainReader = new RawClient(port);
                RawClient reader = plainReader.secured(TestCertificates.client());
                RawClient plainWriter = new RawClient(port);
                RawClient writer = plainWriter.secured(TestCertificates.client())) {
            reader.send(HELLO + "SUB a 1\r\n").answers();
            // INFO comes once more after the first PONG
            reader.answers();
            writer.send(HELLO);
            String message = "PUB a 100000\r\n" + "x".repeat(100_000) + "\r\n";
            writer.send(message.repeat(100)).answers();
            var closed = nats().close();
            assertThat(reader.untilClosed().length()).isEqualTo(100 * (message.length() + 2));
            await(closed);
        }
    }

    @Test
    @DisplayName("an authenticator sees the subject of the client's certificate; without TLS there is none")
    void certificateSubject() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Authenticator authenticator = claim -> {
            seen.add(claim.certificate());
            return Future.succeededFuture(Optional.of(User.ANYBODY));
        };
        EmbeddedNats known = await(EmbeddedNats.builder()
                .tls(mutual().clientCertificateRequired(false).allowPlain(true).build())
                .access(authenticator)
                .start());
        try {
            jnats(known.port(), "tls", TestCertificates.client("client")).close();
            jnats(known.port(), "tls", TestCertificates.client()).close();
            RawClient.quiet(known.port()).send("PING\r\n").close();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> seen.size() == 3);
            assertThat(seen).containsExactly("CN=client,O=Knit", "", "");
        } finally {
            await(known.close());
        }
    }

    @Test
    @DisplayName("without TLS there is nothing to reload and nothing to trust")
    void withoutTls() {
        EmbeddedNats plain = await(EmbeddedNats.builder().start());
        try {
            assertThat(failure(plain.reloadTls()).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThatThrownBy(plain::clientTls).isInstanceOf(KnitException.class);
            assertThat(plain.url()).startsWith("nats://");
        } finally {
            await(plain.close());
        }
    }

    @Test
    @DisplayName("options that lack something or contradict each other are refused")
    void wrongOptions() {
        TlsOptions.Builder both = TestCertificates.server().handshakeFirst(true).allowPlain(true);
        assertThatThrownBy(both::build).hasMessageContaining("exclude each other");
        TlsOptions.Builder half = TlsOptions.builder().key(folder);
        assertThatThrownBy(half::build).hasMessageContaining("both certificate(file) and key(file)");
        assertThatThrownBy(() -> TlsOptions.builder().handshakeTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
