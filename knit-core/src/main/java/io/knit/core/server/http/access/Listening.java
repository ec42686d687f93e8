package io.knit.core.server.http.access;

import io.knit.core.server.http.tls.TlsFiles;
import org.jspecify.annotations.Nullable;

/**
 * Where the HTTP server listens, and who is let in.
 *
 * @param host a name or address of this machine; {@code 0.0.0.0} or {@code ::} for all
 * @param port 0–65535; 0 for a free one
 * @param tokens whether everybody must show a token
 * @param tls null: what is sent can be read on the way
 */
public record Listening(
        String host, int port, boolean tokens, @Nullable TlsFiles tls) {
    /** Without TLS, and who reaches it may everything. */
    public Listening(String host, int port) {
        this(host, port, false, null);
    }

    /** Whether what is sent can't be read on the way. */
    public boolean isSecure() {
        return tls != null;
    }

    /** Whether a page of others can do nothing here, by whatever name it reaches this server: it has no token, and no certificate of that name. */
    public boolean knowsItsVisitors() {
        return tokens || isSecure();
    }
}
