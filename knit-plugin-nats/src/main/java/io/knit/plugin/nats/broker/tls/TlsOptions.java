package io.knit.plugin.nats.broker.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a broker speaks TLS, versions 1.2 and 1.3: with which certificate, and which clients it takes. The files are PEM; they are
 * read when the broker starts, when they change (looked at every 2 seconds) and on {@code EmbeddedNats.reloadTls()}.
 *
 * <pre>{@code
 * TlsOptions.builder().certificate(Path.of("server.pem")).key(Path.of("server.key")).clientCa(Path.of("ca.pem")).build()
 * }</pre>
 *
 * <p>Immutable.
 */
public final class TlsOptions {
    private final Path certificate;
    private final Path key;
    private final @Nullable Path clientCa;
    private final boolean clientCertificateRequired;
    private final boolean handshakeFirst;
    private final boolean allowPlain;
    private final Duration handshakeTimeout;

    private TlsOptions(Builder builder, Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
        this.clientCa = builder.clientCa;
        this.clientCertificateRequired = builder.clientCertificateRequired && builder.clientCa != null;
        this.handshakeFirst = builder.handshakeFirst;
        this.allowPlain = builder.allowPlain;
        this.handshakeTimeout = builder.handshakeTimeout;
    }

    /** Options with nothing set; certificate and key must be. */
    public static Builder builder() {
        return new Builder();
    }

    /** The file with the broker's certificate and those between it and its authority, the broker's own first. */
    public Path certificate() {
        return certificate;
    }

    /** The file with the certificate's private key: PKCS#8, not encrypted. */
    public Path key() {
        return key;
    }

    /** The file with the authorities whose clients are let in; empty if clients are not asked for a certificate. */
    public Optional<Path> clientCa() {
        return Optional.ofNullable(clientCa);
    }

    /** Whether a client without a certificate is turned away. */
    public boolean clientCertificateRequired() {
        return clientCertificateRequired;
    }

    /** Whether the handshake comes before the broker's INFO. */
    public boolean handshakeFirst() {
        return handshakeFirst;
    }

    /** Whether clients may also come without TLS. */
    public boolean allowPlain() {
        return allowPlain;
    }

    /** How long a handshake may take. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    Stream<Path> files() {
        return Stream.concat(Stream.of(certificate, key), clientCa().stream());
    }

    @Override
    public String toString() {
        return "TLS with " + certificate + (clientCa == null ? "" : " for clients of " + clientCa);
    }

    /** Collects {@link TlsOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path clientCa;
        private boolean clientCertificateRequired = true;
        private boolean handshakeFirst;
        private boolean allowPlain;
        private Duration handshakeTimeout = Duration.ofSeconds(2);

        private Builder() {}

        /** The broker's certificate, followed by those between it and its authority, if any: a PEM file. Must be given. */
        public Builder certificate(Path file) {
            this.certificate = Objects.requireNonNull(file, "file");
            return this;
        }

        /**
         * The certificate's private key: a PEM file with {@code BEGIN PRIVATE KEY} (PKCS#8, not encrypted). Must be given. Keys in
         * other forms are brought into this one by {@code openssl pkcs8 -topk8 -nocrypt -in old.key -out new.key}.
         */
        public Builder key(Path file) {
            this.key = Objects.requireNonNull(file, "file");
            return this;
        }

        /**
         * Lets only clients in whose certificate is signed by one of these authorities; not asked for by default. The broker's own
         * certificate is let in too: whoever has its key could pretend to be the broker anyway.
         */
        public Builder clientCa(Path file) {
            this.clientCa = Objects.requireNonNull(file, "file");
            return this;
        }

        /** With {@link #clientCa}: whether a client must show a certificate (by default), or may. A wrong one is refused either way. */
        public Builder clientCertificateRequired(boolean required) {
            this.clientCertificateRequired = required;
            return this;
        }

        /**
         * Whether clients start with the handshake (TLS first) instead of waiting for INFO; not by default. Clients must be told,
         * for instance by jnats' {@code Options.tlsFirst()}.
         */
        public Builder handshakeFirst(boolean first) {
            this.handshakeFirst = first;
            return this;
        }

        /** Whether clients may choose to go on without TLS; not by default. Not together with {@link #handshakeFirst}. */
        public Builder allowPlain(boolean allow) {
            this.allowPlain = allow;
            return this;
        }

        /** How long a handshake may take before the client is disconnected, at least 1 ms; 2 s by default. */
        public Builder handshakeTimeout(Duration timeout) {
            if (timeout.toMillis() < 1) {
                throw new IllegalArgumentException("handshakeTimeout is " + timeout + "; give at least a millisecond");
            }
            this.handshakeTimeout = timeout;
            return this;
        }

        /**
         * Makes the options; the files are read when the broker starts.
         *
         * @throws IllegalStateException if certificate or key is missing, or two settings contradict each other
         */
        public TlsOptions build() {
            if (certificate == null || key == null) {
                throw new IllegalStateException("TLS needs both certificate(file) and key(file)");
            }
            if (handshakeFirst && allowPlain) {
                throw new IllegalStateException(
                        "handshakeFirst and allowPlain exclude each other: a client without TLS waits for INFO");
            }
            return new TlsOptions(this, certificate, key);
        }
    }
}
