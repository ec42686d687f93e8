package io.knit.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a server is asked. Not thread-safe.
 *
 * <pre>{@code
 * KnitClient knit = KnitClient.builder(URI.create("https://knit.example:8080")).token(text).build();
 * }</pre>
 */
public final class KnitClientBuilder {
    private static final Duration MOST_TO_CONNECT = Duration.ofSeconds(5);
    /** The JDK counts the handshake with it, which takes seconds of a small or busy machine's first; as long as Go's {@code net/http} gives one. */
    private static final Duration MOST_FOR_HANDSHAKE = Duration.ofSeconds(10);

    /** What a header can carry (RFC 6750). */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,1024}");

    private final URI server;
    private @Nullable String token;
    private @Nullable Path authorities;
    private @Nullable Path certificate;
    private @Nullable Path key;

    KnitClientBuilder(URI server) {
        this.server = server;
    }

    /**
     * Who asks; nobody says so unless told.
     *
     * @param token as {@code knit token create} printed it; whitespace around it is left out
     * @throws IllegalArgumentException if it is none; it is not repeated
     */
    public KnitClientBuilder token(String token) {
        String text = Objects.requireNonNull(token, "token").strip();
        if (!TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the token (not shown) is empty or has letters that no token has; give what knit token create printed");
        }
        this.token = text;
        return this;
    }

    /** Trusts servers over {@code https} that one of these authorities, PEM, vouches for; unless told, those that this JVM trusts. */
    public KnitClientBuilder trusting(Path authorities) {
        this.authorities = Objects.requireNonNull(authorities, "authorities");
        return this;
    }

    /**
     * Shows a certificate to a server that asks for one.
     *
     * @param certificate PEM: the client's own, followed by those between it and its authority
     * @param key PEM: the certificate's, PKCS#8, not encrypted
     */
    public KnitClientBuilder showing(Path certificate, Path key) {
        this.certificate = Objects.requireNonNull(certificate, "certificate");
        this.key = Objects.requireNonNull(key, "key");
        return this;
    }

    /** @throws IllegalArgumentException if the server's address is no {@code http} or {@code https} one, or a file is wrong */
    public KnitClient build() {
        boolean plain = "http".equalsIgnoreCase(server.getScheme());
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(plain ? MOST_TO_CONNECT : MOST_TO_CONNECT.plus(MOST_FOR_HANDSHAKE));
        if (authorities != null || certificate != null) {
            http.sslContext(Trust.of(authorities, certificate, key));
        } else if (plain) {
            http.sslContext(Trust.ofNobody());
        }
        return new KnitClient(new Requests(server, http.build(), token));
    }
}
