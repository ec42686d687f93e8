package io.knit.plugin.nats.broker.tls;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * What the files held when they were read, and what connections need of it.
 *
 * @param chain the broker's certificate and those between it and its authority
 */
record TlsMaterial(List<X509Certificate> chain, PrivateKey key, SslContext context) {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /** Reads the files; blocks. */
    static TlsMaterial read(TlsOptions options) {
        List<X509Certificate> chain = new PemFile("certificate", options.certificate()).certificates();
        PrivateKey key = new PemFile("key", options.key()).key(chain.get(0));
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(SslProvider.JDK)
                .protocols(VERSIONS);
        options.clientCa()
                .ifPresent(file -> builder.clientAuth(
                                options.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
                        .trustManager(new OwnOrTrusted(
                                chain.get(0),
                                TrustedAuthorities.of(new PemFile("client authority", file).certificates()))));
        try {
            return new TlsMaterial(List.copyOf(chain), key, builder.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the NATS TLS certificate " + options.certificate() + " can't be used with " + options.key(),
                    e);
        }
    }
}
