package io.knit.core.server.http.tls;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files, PEM, by which the HTTP server speaks TLS.
 *
 * @param certificate the server's own, followed by those between it and its authority
 * @param key the certificate's: PKCS#8, not encrypted
 * @param authority lets in only who shows a certificate of it; null: nobody is asked for one
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path authority) {
    public static final String CERTIFICATE = "http-tls-cert";
    public static final String KEY = "http-tls-key";
    public static final String AUTHORITY = "http-tls-ca";

    /**
     * As settings have them; null: none are given.
     *
     * @throws IllegalStateException if one is given without the other
     */
    public static @Nullable TlsFiles of(Map<String, String> config) {
        String certificate = config.get(CERTIFICATE);
        String key = config.get(KEY);
        String authority = config.get(AUTHORITY);
        if (certificate == null && key == null && authority == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new IllegalStateException(CERTIFICATE + " and " + KEY + " go together, and " + AUTHORITY
                    + " needs both; give both, or neither");
        }
        return new TlsFiles(Path.of(certificate), Path.of(key), authority == null ? null : Path.of(authority));
    }

    Stream<Path> all() {
        return authority == null ? Stream.of(certificate, key) : Stream.of(certificate, key, authority);
    }
}
