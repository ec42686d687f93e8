package io.knit.plugin.docker;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The registry of Debian's package {@code docker-registry} on loopback, with one user, whose password is one of two. */
final class RegistryProcess implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
    /** Bcrypt, as {@code htpasswd -nbB} makes it. */
    private static final String FIRST = "ci:$2y$05$qEglk41gnboZFaM.D00p.eDk7pTzdfaoHnjvTa0lbrUG7GpRvnKh.\n";

    private static final String SECOND = "ci:$2y$05$YE.Mr4RzAwVtBqtwAC/cVehBzhYV.sNjDOY4irnflOzgUzuDnE7IW\n";

    final String host;
    private final Path users;
    private final Process process;

    RegistryProcess(Path folder, int port, boolean tls)
            throws IOException, GeneralSecurityException, InterruptedException {
        host = "127.0.0.1:" + port;
        users = folder.resolve("users");
        if (tls) {
            certificate(folder);
        }
        first();
        Path config = Files.writeString(folder.resolve("config.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: "%1$s/images"}}
                http:
                  addr: "%2$s"
                  secret: of-a-test
                  %3$s
                auth: {htpasswd: {realm: test, path: "%1$s/users"}}
                """.formatted(
                        folder,
                        host,
                        tls ? "tls: {certificate: \"%1$s/cert.pem\", key: \"%1$s/key.pem\"}".formatted(folder) : ""));
        process = new ProcessBuilder(PROGRAM.toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException e) {
                if (!process.isAlive()) {
                    throw new IllegalStateException(Files.readString(folder.resolve("log")), e);
                }
                return false;
            }
        });
    }

    /** From now on its user's password is {@code first-token}. */
    void first() throws IOException {
        Files.writeString(users, FIRST);
    }

    /** From now on it is {@code second-token}. */
    void second() throws IOException {
        Files.writeString(users, SECOND);
    }

    private static void certificate(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=registry",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "of-a-test",
                        "-storetype",
                        "PKCS12"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool").toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(folder.resolve("keytool")));
        }
        char[] password = "of-a-test".toCharArray();
        KeyStore keys = KeyStore.getInstance(store.toFile(), password);
        pem(folder.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("a").getEncoded());
        pem(folder.resolve("key.pem"), "PRIVATE KEY", keys.getKey("a", password).getEncoded());
    }

    private static void pem(Path file, String kind, byte[] bytes) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
