package io.knit.bench.engine;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Follows {@code GET /events}. */
final class EventLines implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String DATA = "data:";

    private final Socket socket;
    private final BufferedReader lines;

    EventLines(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        OutputStream out = socket.getOutputStream();
        out.write("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        if (line == null || !line.contains(" 200 ")) {
            throw new IllegalStateException("GET /events was answered with " + line);
        }
    }

    /** Reads until the event came. */
    void await(String type, String deployment) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                JsonObject event = new JsonObject(line.substring(DATA.length()));
                if (type.equals(event.getString("type")) && deployment.equals(event.getString("deployment"))) {
                    return;
                }
            }
        }
        throw new IllegalStateException("GET /events ended before " + type + " of " + deployment);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
