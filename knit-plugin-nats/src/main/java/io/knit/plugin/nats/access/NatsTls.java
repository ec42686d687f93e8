package io.knit.plugin.nats.access;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.PluginConfig;
import io.knit.plugin.nats.broker.tls.ClientTls;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of TLS. A server's own broker shows the certificate and asks clients for one of the authority; a client shows the
 * certificate and trusts the authority.
 */
public record NatsTls(
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path authority) {
    public static final String CERTIFICATE = "nats-tls-cert";
    public static final String KEY = "nats-tls-key";
    public static final String AUTHORITY = "nats-tls-ca";

    /** @throws KnitException with {@code INVALID_CONFIGURATION} if certificate or key is given without the other */
    public static NatsTls of(PluginConfig config) {
        NatsTls tls = new NatsTls(path(config, CERTIFICATE), path(config, KEY), path(config, AUTHORITY));
        if ((tls.certificate == null) != (tls.key == null)) {
            throw wrong((tls.key == null ? CERTIFICATE : KEY) + " is given without "
                    + (tls.key == null ? KEY : CERTIFICATE) + "; give both or none");
        }
        return tls;
    }

    private static @Nullable Path path(PluginConfig config, String setting) {
        try {
            return config.get(setting).map(Path::of).orElse(null);
        } catch (InvalidPathException e) {
            throw wrong(setting + " is no file name");
        }
    }

    private static KnitException wrong(String message) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, message);
    }

    public boolean isGiven() {
        return certificate != null || authority != null;
    }

    /** For a broker of one's own; empty if it speaks no TLS. */
    public Optional<TlsOptions> broker() {
        if (certificate == null || key == null) {
            if (authority != null) {
                throw wrong(AUTHORITY + " is given without " + CERTIFICATE + " and " + KEY
                        + "; a broker that asks clients for certificates must have one itself");
            }
            return Optional.empty();
        }
        TlsOptions.Builder options =
                TlsOptions.builder().certificate(certificate).key(key);
        if (authority != null) {
            options.clientCa(authority);
        }
        return Optional.of(options.build());
    }

    /** For connecting to a NATS; reads the files and blocks. */
    public SSLContext client() {
        return ClientTls.context(authority, certificate, key);
    }
}
