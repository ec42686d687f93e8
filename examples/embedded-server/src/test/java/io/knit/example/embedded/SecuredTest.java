package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.Futures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, by what the builder was told. */
class SecuredTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path files;

    private static KeyStore keys;

    @TempDir
    Path data;

    /** One certificate is the server's, its own authority, and what a client shows. */
    @BeforeAll
    static void make() throws Exception {
        Path store = files.resolve("all.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        String.valueOf(PASSWORD),
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "bc:c",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost")
                .redirectErrorStream(true)
                .start();
        keytool.getOutputStream().close();
        assertThat(keytool.waitFor())
                .as(new String(keytool.getInputStream().readAllBytes()))
                .isZero();
        keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        pem("server.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        pem("server.key", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
    }

    private static void pem(String name, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                files.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    private static HttpClient client(boolean shows) throws Exception {
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore authority = KeyStore.getInstance("PKCS12");
        authority.load(null, null);
        authority.setCertificateEntry("authority", keys.getCertificate("server"));
        trusted.init(authority);
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shows ? shown.getKeyManagers() : null, trusted.getTrustManagers(), new SecureRandom());
        return HttpClient.newBuilder().sslContext(context).build();
    }

    /** The examples' addresses are for people; here a free port will do. */
    private void started(KnitServerBuilder builder, String address, Consumer<String> test) {
        KnitServer server = builder.httpAddress(address)
                .dataDir(data.resolve("server"))
                .config("nats-addr", "127.0.0.1:0")
                .build();
        try {
            Futures.await(server.start());
            test.accept(Objects.requireNonNull(server.endpoints().get("http")));
        } finally {
            Futures.await(server.close());
        }
    }

    private int get(HttpClient client, String url, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/deployments"));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String firstToken() {
        try {
            return Files.readString(data.resolve("server").resolve("admin.token"))
                    .strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withTokensAndTlsStrangersMayReachIt() throws Exception {
        HttpClient client = client(false);
        KnitServerBuilder open = OwnWords.open(files.resolve("server.pem"), files.resolve("server.key"));
        started(open, "0.0.0.0:0", http -> {
            String here = http.replace("0.0.0.0", "127.0.0.1");
            assertThat(here).startsWith("https://");
            assertThat(get(client, here, "")).isEqualTo(401);
            assertThat(get(client, here, firstToken())).isEqualTo(200);
        });
    }

    @Test
    void withAnAuthorityACertificateIsAskedForBesides() throws Exception {
        HttpClient known = client(true);
        HttpClient stranger = client(false);
        Path certificate = files.resolve("server.pem");
        KnitServerBuilder closed = OwnWords.closed(certificate, files.resolve("server.key"), certificate);
        started(closed, "127.0.0.1:0", http -> {
            assertThat(get(stranger, http, firstToken())).isEqualTo(-1);
            assertThat(get(known, http, "")).isEqualTo(401);
            assertThat(get(known, http, firstToken())).isEqualTo(200);
        });
    }

    @Test
    void elsewhereItListensOnlyIfItIsTold() {
        assertThatThrownBy(() -> started(KnitServer.builder(), "0.0.0.0:0", http -> {}))
                .isInstanceOfSatisfying(
                        io.knit.api.error.KnitException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
        started(
                OwnWords.behindAProxy(),
                "0.0.0.0:0",
                http -> assertThat(get(HttpClient.newHttpClient(), http.replace("0.0.0.0", "127.0.0.1"), ""))
                        .isEqualTo(200));
    }
}
