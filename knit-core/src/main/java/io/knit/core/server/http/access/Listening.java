package io.knit.core.server.http.access;

/**
 * Where the HTTP server listens, and who is let in.
 *
 * @param host a name or address of this machine; {@code 0.0.0.0} or {@code ::} for all
 * @param port 0–65535; 0 for a free one
 * @param tokens whether everybody must show a token
 */
public record Listening(String host, int port, boolean tokens) {
    /** Whether what is sent can't be read on the way. */
    boolean isSecure() {
        return false;
    }
}
