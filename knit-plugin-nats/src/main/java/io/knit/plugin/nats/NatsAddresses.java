package io.knit.plugin.nats;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Where NATS is, as the user wrote it. Addresses may hold a password or token: {@link #toString} and all messages leave it out. */
final class NatsAddresses {
    private static final Set<String> SCHEMES = Set.of("nats", "tls", "ws", "wss");
    private static final Pattern CREDENTIALS = Pattern.compile("//[^\\s,]*@");
    private static final int MOST_PORT = 65_535;

    private final List<String> urls;
    private final @Nullable SSLContext tls;

    private NatsAddresses(List<String> urls, @Nullable SSLContext tls) {
        this.urls = urls;
        this.tls = tls;
    }

    /** The same, to be reached by TLS only. */
    NatsAddresses over(SSLContext context) {
        return new NatsAddresses(urls, context);
    }

    /** How to speak TLS with all of them; null if none of them asks for it. */
    @Nullable
    SSLContext tls() {
        return tls;
    }

    /** Whether one of them asks for TLS. */
    boolean wantTls() {
        return urls.stream().anyMatch(url -> url.startsWith("tls:") || url.startsWith("wss:"));
    }

    /**
     * Reads one address or several, separated by commas: {@code nats://10.54.0.1:4222}; scheme and port may be left out.
     *
     * @param key the setting's name, for the message
     * @throws KnitException with {@code INVALID_CONFIGURATION} if one of them is none
     */
    static NatsAddresses parse(String key, String text) {
        boolean secret = text.contains("@");
        return new NatsAddresses(
                Arrays.stream(text.split(",", -1))
                        .map(url -> check(key, url.strip(), secret))
                        .toList(),
                null);
    }

    private static String check(String key, String url, boolean secret) {
        String whole = url.contains("://") ? url : "nats://" + url;
        try {
            URI uri = new URI(whole);
            boolean right = uri.getScheme() != null
                    && SCHEMES.contains(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() <= MOST_PORT
                    && uri.getPort() != 0;
            if (right) {
                return whole;
            }
        } catch (URISyntaxException e) {
            // said below; its message would repeat the credentials
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                key + (secret ? " (not shown, for it holds credentials) is no address" : " is \"" + url + "\"")
                        + "; give nats://HOST:PORT, or several with commas between them"
                        + " (a user's name and password may stand before the host: nats://USER:PASSWORD@HOST:PORT)");
    }

    /** The text without what stands between {@code //} and {@code @}. */
    static String redact(String text) {
        return CREDENTIALS.matcher(text).replaceAll("//");
    }

    /** Whether one of them holds a user's name, password or token. */
    boolean haveCredentials() {
        return urls.stream().anyMatch(url -> CREDENTIALS.matcher(url).find());
    }

    /** With credentials: only for the client library. */
    String[] withCredentials() {
        return urls.toArray(new String[0]);
    }

    @Override
    public String toString() {
        return redact(String.join(",", urls));
    }
}
