package io.knit.launcher.attack;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Speaks the protocol's bytes, for what no client library does. */
final class RawSocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final BufferedReader reader;
    private final JsonObject info;

    RawSocket(String url) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        info = new JsonObject(String.valueOf(reader.readLine()).substring("INFO ".length()));
    }

    JsonObject info() {
        return info;
    }

    String nonce() {
        return info.getString("nonce");
    }

    /** CONNECT's content with a proof for this connection. */
    JsonObject claim(String name, Key key) {
        return new JsonObject()
                .put("verbose", false)
                .put("pedantic", false)
                .put("name", name)
                .put("nkey", key.publicKey())
                .put("sig", key.sign(nonce()));
    }

    /** Connects and asks for a sign of life; the first line that comes back. */
    @Nullable
    String connect(JsonObject claim) throws IOException {
        return send("CONNECT " + claim.encode() + "\r\nPING\r\n");
    }

    @Nullable
    String send(String bytes) throws IOException {
        tell(bytes);
        return reader.readLine();
    }

    /** Waits for no answer. */
    void tell(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }

    /** The next line, or null: the broker hung up. */
    @Nullable
    String line() throws IOException {
        return reader.readLine();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
