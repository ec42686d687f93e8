package io.knit.plugin.docker;

import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Listens on a unix socket like an engine and answers what it is told to, or nothing. Answers are raw bytes of HTTP, so that they can
 * also be halves and garbage. Nothing answered: the connection stays open until the client or {@link #close} ends it.
 */
final class FakeEngine implements AutoCloseable {
    /** So short that a test of a deadline needs no patience, and long enough for a fake's answer. */
    static final Deadlines SHORT = new Deadlines(
            Duration.ofMillis(1500),
            Duration.ofMillis(1500),
            Duration.ofMillis(1500),
            Duration.ofMillis(1500),
            Duration.ofSeconds(3),
            Duration.ofMillis(1500),
            Duration.ofSeconds(20),
            Duration.ofMinutes(1),
            Duration.ofMillis(20));

    private static final Pattern REQUEST = Pattern.compile("([A-Z]+ /\\S*) HTTP/1\\.1$");

    private final Path socket;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean hangsUp;
    private volatile Function<String, Optional<String>> answers = request -> Optional.empty();

    FakeEngine(Path socket) throws IOException {
        this.socket = socket;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        daemon(this::accept);
    }

    EngineAddress address() {
        return EngineAddress.parse("unix://" + socket);
    }

    /** From now on: a request's {@code METHOD /path} to the bytes of its answer, or empty for silence. */
    void answer(Function<String, Optional<String>> answers) {
        this.answers = answers;
    }

    static Optional<String> json(int status, String body) {
        return Optional.of("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    static Optional<String> status(int status) {
        return Optional.of("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
    }

    /** {@code METHOD /path} of each request so far. */
    List<String> requests() {
        return requests;
    }

    long requests(String start) {
        return requests.stream().filter(request -> request.startsWith(start)).count();
    }

    /** How many connections are open now. */
    long connections() {
        return connections.size();
    }

    /** How many connections there ever were. */
    int accepted() {
        return accepted.get();
    }

    /** From now on each connection is ended after its answer, without a word of it before. */
    void hangUp() {
        hangsUp = true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket);
    }

    private void accept() throws IOException {
        while (true) {
            SocketChannel connection = server.accept();
            connections.add(connection);
            accepted.incrementAndGet();
            daemon(() -> serve(connection));
        }
    }

    private void serve(SocketChannel connection) throws IOException {
        try (connection;
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                // a body before it may have no line's end
                Matcher request = REQUEST.matcher(line);
                if (request.find()) {
                    answerTo(connection, request.group(1));
                    if (hangsUp) {
                        return;
                    }
                }
            }
        } finally {
            connections.remove(connection);
        }
    }

    private void answerTo(SocketChannel connection, String request) throws IOException {
        requests.add(request);
        Optional<String> answer = answers.apply(request);
        if (answer.isPresent()) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(answer.get());
            while (bytes.hasRemaining()) {
                connection.write(bytes);
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // closed by either side: that is how it ends
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
