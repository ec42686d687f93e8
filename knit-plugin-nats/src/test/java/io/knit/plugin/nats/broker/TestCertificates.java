package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates for tests, made by the JDK's keytool when first asked for, and never kept. */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";
    private static final char[] SECRET = PASSWORD.toCharArray();
    private static final TestCertificates MADE = new TestCertificates();
    private static final String HERE = "san=ip:127.0.0.1,dns:localhost";

    private final Path folder;
    private final KeyStore store;

    private TestCertificates() {
        try {
            folder = Files.createTempDirectory("knit-tls");
            folder.toFile().deleteOnExit();
            Path file = folder.resolve("all.p12");
            keytool(file, "ca", "CN=Test Authority", "-ext", "bc:c");
            for (String name : List.of("server", "second", "client")) {
                keytool(file, name, "CN=" + name + ",O=Knit", "-signer", "ca", "-ext", HERE);
            }
            keytool(file, "elsewhere", "CN=elsewhere,O=Knit", "-signer", "ca", "-ext", "san=dns:elsewhere.example");
            keytool(file, "stranger", "CN=stranger", "-ext", HERE);
            store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, SECRET);
            }
            for (String name : List.of("ca", "server", "second", "client", "elsewhere", "stranger")) {
                pem(certificate(name), "CERTIFICATE", store.getCertificate(name).getEncoded());
                pem(key(name), "PRIVATE KEY", store.getKey(name, SECRET).getEncoded());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path store, String alias, String name, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed for " + alias);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void pem(Path file, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
        file.toFile().deleteOnExit();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private Path certificate(String name) {
        return file(name + ".pem");
    }

    private Path key(String name) {
        return file(name + ".key");
    }

    /** The certificate {@code ca}; {@code server}, {@code second}, {@code client}, {@code elsewhere} of it; {@code stranger} of its own. */
    public static Path pemOf(String name) {
        return MADE.certificate(name);
    }

    /** The key to {@link #pemOf}. */
    public static Path keyOf(String name) {
        return MADE.key(name);
    }

    /** A broker's TLS with a certificate of the authority. */
    public static TlsOptions.Builder server() {
        return TlsOptions.builder().certificate(pemOf("server")).key(keyOf("server"));
    }

    /** A client that trusts the authority and shows no certificate. */
    public static SSLContext client() {
        return MADE.context(null);
    }

    /** A client that trusts the authority and shows one of the certificates. */
    public static SSLContext client(String name) {
        return MADE.context(name);
    }

    private SSLContext context(@Nullable String name) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", store.getCertificate("ca"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManager[] keys = name == null
                    ? new KeyManager[0]
                    : new KeyManager[] {
                        new StubbornKeyManager(
                                (PrivateKey) store.getKey(name, SECRET), (X509Certificate) store.getCertificate(name))
                    };
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
