package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a container engine's socket, without any library of its. Blocks, for its patience at most. */
final class AskedEngine {
    /** Of some ten thousand containers. */
    private static final int LONGEST = 32 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path socket;
    private final Duration patience;

    AskedEngine(Path socket, Duration patience) {
        this.socket = socket;
        this.patience = patience;
    }

    /**
     * What it answers.
     *
     * @param path with its query
     * @return missing if it is no JSON
     * @throws IOException if it can't be asked
     * @throws TimeoutException if it does not answer in time
     */
    JsonNode get(String path) throws IOException, TimeoutException, InterruptedException {
        // neither connecting to such a socket nor reading from it ends by itself
        FutureTask<JsonNode> asked = new FutureTask<>(() -> body(ask(path)));
        Thread asks = new Thread(asked, "knit-engine");
        asks.setDaemon(true);
        asks.start();
        try {
            return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(Objects.requireNonNullElse(e.getCause(), e).getMessage(), e);
        } finally {
            asked.cancel(true);
        }
    }

    private String ask(String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(
                    ("GET " + path + " HTTP/1.0\r\nHost: engine\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(64 << 10);
            while (answer.size() < LONGEST && channel.read(piece.clear()) >= 0) {
                answer.write(piece.array(), 0, piece.position());
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private static JsonNode body(String answer) {
        int head = answer.indexOf("\r\n\r\n");
        try {
            return JSON.readTree(head < 0 ? answer : answer.substring(head + 4));
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
