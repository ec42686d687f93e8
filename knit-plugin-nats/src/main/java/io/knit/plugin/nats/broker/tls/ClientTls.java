package io.knit.plugin.nats.broker.tls;

import io.knit.api.error.KnitException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of a client of NATS: trusts the servers that an authority vouches for, under the name that they are addressed by, and shows a
 * certificate if it has one. The client library alone would take any name. The files are read anew when they have changed and
 * a connection is made; if they are wrong then, what they held before stays in use. Thread-safe.
 */
public final class ClientTls {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

    private final @Nullable Path authority;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    // guarded by this
    private List<String> seen; // the files' state when what is held was read
    private String told = ""; // what was last said to be wrong with them; empty: nothing is
    private Held held;

    private record Held(X509ExtendedTrustManager trust, ClientKey.@Nullable Identity identity) {}

    private ClientTls(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {
        this.authority = authority;
        this.certificate = certificate;
        this.key = key;
        this.seen = state();
        this.held = read();
    }

    /**
     * Reads the files; blocks.
     *
     * @param authority PEM file with the authorities to trust; null for those that this JVM trusts
     * @param certificate PEM file with the client's own certificate, followed by those between it and its authority; null for none
     * @param key PEM file with the certificate's key; null if and only if the certificate is
     * @throws KnitException with {@code FILE_UNAVAILABLE} if a file is not there, {@code INVALID_CONFIGURATION} if a file is wrong
     */
    public static SSLContext context(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("certificate and key go together");
        }
        ClientTls tls = new ClientTls(authority, certificate, key);
        return context(tls.new Trust(), new ClientKey(() -> tls.present().identity()));
    }

    static SSLContext context(ServerTrust trust, ClientKey key) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {key}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    private Held read() {
        X509ExtendedTrustManager trust = authority == null
                ? TrustedAuthorities.ofThisJvm()
                : TrustedAuthorities.of(new PemFile("authority", authority).certificates());
        if (certificate == null || key == null) {
            return new Held(trust, null);
        }
        List<X509Certificate> chain = new PemFile("certificate", certificate).certificates();
        return new Held(trust, new ClientKey.Identity(chain, new PemFile("key", key).key(chain.get(0))));
    }

    private List<String> state() {
        return FileState.of(Stream.of(authority, certificate, key).filter(Objects::nonNull));
    }

    private synchronized Held present() {
        List<String> now = state();
        if (now.equals(seen)) {
            told = "";
            return held;
        }
        try {
            held = read();
            // not before: what is put right by who may read a file shows in nothing that is compared here
            seen = now;
            told = "";
        } catch (KnitException e) {
            String words = String.valueOf(e.getMessage());
            if (!words.equals(told)) {
                told = words;
                LOG.warn("The TLS files for NATS changed and are wrong; what they held before stays in use: {}", words);
            }
        }
        return held;
    }

    private final class Trust extends ServerTrust {
        @Override
        void check(X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
            if (!(socket instanceof SSLSocket connection)) {
                throw new CertificateException(
                        "only sockets are supported: without one the server's name is not known");
            }
            // makes the JDK compare the name that was addressed with those in the certificate
            SSLParameters parameters = connection.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            connection.setSSLParameters(parameters);
            present().trust().checkServerTrusted(chain, type, connection);
        }
    }
}
