package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.client.KnitClient;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The API over TLS: whom a command trusts, what it shows, and files that are renewed under a running server. */
class HttpsTest {
    @TempDir
    static Path certificates;

    private static HttpsFiles files;

    @TempDir
    Path folder;

    private @Nullable KnitServer started;

    @BeforeAll
    static void make() throws Exception {
        files = new HttpsFiles(certificates, List.of("server", "second", "client"));
    }

    @AfterEach
    void close() {
        if (started != null) {
            await(started.close());
        }
    }

    private KnitServerBuilder builder() {
        return KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0");
    }

    private String start(KnitServerBuilder builder) {
        KnitServer server = builder.build();
        started = server;
        await(server.start());
        return Objects.requireNonNull(server.endpoints().get("http"));
    }

    @Test
    @DisplayName("a command trusts whom it is told to, and shows its token to no other")
    void trusts() throws IOException {
        String server = start(builder().tokens().httpTls(files.certificate("server"), files.key("server")));
        String token = Files.readString(folder.resolve("server").resolve("admin.token"))
                .strip();
        assertThat(server).startsWith("https://127.0.0.1:");
        Typed stranger = Typed.knit(Map.of("KNIT_SERVER", server, "KNIT_TOKEN", token), "status");
        assertThat(stranger.exitCode()).isEqualTo(Exit.UNREACHABLE);
        assertThat(stranger.err())
                .contains("TLS with " + server + " failed", "--ca-file")
                .doesNotContain(token);
        Typed typed = Typed.knit(
                Map.of(
                        "KNIT_SERVER",
                        server.replace("127.0.0.1", "localhost"),
                        "KNIT_TOKEN",
                        token,
                        "KNIT_CA",
                        files.certificate("ca").toString()),
                "status");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        Typed flags = Typed.knit(
                Map.of("KNIT_SERVER", server),
                "nodes",
                "--ca-file",
                files.certificate("ca").toString(),
                "--token-file",
                folder.resolve("server").resolve("admin.token").toString());
        assertThat(flags.exitCode()).as(flags.err()).isZero();
        assertThat(Typed.knit(Map.of("KNIT_SERVER", server, "KNIT_CA", "nowhere.pem"), "status")
                        .exitCode())
                .isEqualTo(Exit.USAGE);
    }

    @Test
    @DisplayName("where the server asks for a certificate, who shows none of its authority is not let in")
    void mutual() {
        String server = start(builder()
                .httpTls(files.certificate("server"), files.key("server"))
                .httpClientAuthority(files.certificate("ca")));
        Map<String, String> trusting =
                Map.of("KNIT_SERVER", server, "KNIT_CA", files.certificate("ca").toString());
        assertThat(Typed.knit(trusting, "status").exitCode()).isEqualTo(Exit.UNREACHABLE);
        Typed shown = Typed.knit(
                trusting,
                "status",
                "--cert-file",
                files.certificate("client").toString(),
                "--key-file",
                files.key("client").toString());
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(Typed.knit(
                                trusting,
                                "status",
                                "--cert-file",
                                files.certificate("client").toString())
                        .exitCode())
                .isEqualTo(Exit.USAGE);
    }

    @Test
    @DisplayName("renewed files are used by the connections that follow; a half of them is not")
    void renewed() throws Exception {
        Path certificate = Files.copy(files.certificate("server"), folder.resolve("own.pem"));
        Path key = Files.copy(files.key("server"), folder.resolve("own.key"));
        URI server = URI.create(start(builder().httpTls(certificate, key)));
        assertThat(shownAt(server)).isEqualTo("CN=server");

        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.knit.core.server.http.tls.ServerTls");
        logger.addAppender(log);
        try {
            replace(files.certificate("second"), certificate);
            Awaitility.await()
                    .until(() -> List.copyOf(log.list).stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("it goes on with what it had")));
        } finally {
            logger.detachAppender(log);
        }
        assertThat(shownAt(server)).isEqualTo("CN=server");
        replace(files.key("second"), key);
        Awaitility.await().until(() -> shownAt(server).equals("CN=second"));
    }

    @Test
    @DisplayName(
            "a file that is put right with nothing to be seen of it but its content, as by chown, is used; what is wrong is told once")
    void putRight() throws Exception {
        Path certificate = Files.copy(files.certificate("server"), folder.resolve("own.pem"));
        Path key = Files.copy(files.key("server"), folder.resolve("own.key"));
        URI server = URI.create(start(builder().httpTls(certificate, key)));
        FileTime when = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        byte[] right = Files.readAllBytes(files.key("second"));
        byte[] wrong = new byte[right.length];
        Arrays.fill(wrong, (byte) 'x');

        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.knit.core.server.http.tls.ServerTls");
        logger.addAppender(log);
        try {
            Files.write(key, wrong);
            Files.setLastModifiedTime(key, when);
            Awaitility.await().until(() -> told(log) == 1);
            replace(files.certificate("second"), certificate);
            // two looks
            Awaitility.await().during(Duration.ofSeconds(5)).until(() -> told(log) == 1);
        } finally {
            logger.detachAppender(log);
        }
        Files.write(key, right);
        Files.setLastModifiedTime(key, when);
        Awaitility.await().until(() -> shownAt(server).equals("CN=second"));
    }

    private static long told(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getFormattedMessage().contains("it goes on with what it had"))
                .count();
    }

    private static void replace(Path from, Path to) throws IOException {
        Path fresh = Files.copy(from, to.resolveSibling("fresh"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whose certificate is shown, whoever vouches for it. */
    private static String shownAt(URI server) throws IOException, GeneralSecurityException {
        SSLContext anybody = SSLContext.getInstance("TLS");
        anybody.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        try (SSLSocket socket = (SSLSocket)
                anybody.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static void mayBeRightLater(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        KnitException.class, why -> assertThat(why.code()).isEqualTo(ErrorCode.FILE_UNAVAILABLE));
    }

    @Test
    @DisplayName("wrong files are told in words before anything listens")
    void wrong() throws IOException {
        String whole = Files.readString(files.certificate("server")).strip();
        for (String half : List.of(
                "",
                "-----BEG",
                whole.substring(0, 20),
                whole.substring(0, 400),
                whole.substring(0, whole.length() - 8),
                whole + "\n" + whole.substring(0, whole.length() - 8))) {
            Path cut = Files.writeString(folder.resolve("cut.pem"), half);
            assertThatThrownBy(() -> start(builder().httpTls(cut, files.key("server"))))
                    .hasMessageContaining("cut.pem is empty or ends in the middle of a block")
                    .satisfies(HttpsTest::mayBeRightLater);
        }
        assertThatThrownBy(() -> start(builder().httpTls(files.key("server"), files.key("server"))))
                .hasMessageContaining("holds a private key and no certificate");
        assertThatThrownBy(() -> start(builder().httpTls(files.certificate("server"), files.key("second"))))
                .hasMessageContaining("does not belong to the certificate")
                .satisfies(HttpsTest::mayBeRightLater);
        assertThatThrownBy(() -> start(builder().httpTls(folder.resolve("none.pem"), files.key("second"))))
                .hasMessageContaining("does not exist")
                .satisfies(HttpsTest::mayBeRightLater);
        assertThatThrownBy(() ->
                        builder().httpClientAuthority(files.certificate("ca")).build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("a client trusts no half of its authorities")
    void halfOfTheAuthorities() throws IOException {
        String whole = Files.readString(files.certificate("ca")).strip();
        for (int length : new int[] {8, 20, 400, whole.length() - 8}) {
            Path cut = Files.writeString(folder.resolve("cut.pem"), whole + "\n" + whole.substring(0, length));
            assertThatThrownBy(() -> KnitClient.builder(URI.create("https://127.0.0.1:1"))
                            .trusting(cut)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the TLS file " + cut + " ends in the middle of a block; copy it again");
        }
        Path all = Files.writeString(folder.resolve("all.pem"), whole + "\n" + whole);
        assertThat(KnitClient.builder(URI.create("https://127.0.0.1:1"))
                        .trusting(all)
                        .build())
                .isNotNull();
    }

    @Test
    @DisplayName("every address takes tokens over TLS, or the word that it is meant")
    void everyAddress() {
        assertThatThrownBy(() -> start(builder().httpAddress("0.0.0.0:0")))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("http-addr 0.0.0.0 is every address of this machine", "--insecure");
        assertThat(start(builder().httpAddress("0.0.0.0:0").insecure())).startsWith("http://0.0.0.0:");
    }
}
