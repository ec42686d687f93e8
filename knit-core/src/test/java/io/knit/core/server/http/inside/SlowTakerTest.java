package io.knit.core.server.http.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.inside.InstanceLine;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.Features;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one end does not take stays with the other: the server has a piece of it, whatever there is. */
class SlowTakerTest {
    /** More than the sockets between two ends hold. */
    private static final int MUCH = 12 << 20;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("a tar that the agent does not take is not read, but for one piece; when he takes it, all of it goes")
    void copiedIn() throws Exception {
        AtomicReference<SlowPipe> opened = new AtomicReference<>();
        server.inside.opening = (request, reader) -> {
            SlowPipe made = new SlowPipe(reader);
            opened.set(made);
            reader.begun();
            return made;
        };
        try (SocketChannel client = connect()) {
            int sent = send(client, head("PUT", "/instances/a-1/files?path=/x"));
            assertThat(sent).as("of a tar that nobody takes").isLessThan(MUCH);
            SlowPipe pipe = Objects.requireNonNull(opened.get());
            assertThat(pipe.pieces()).isEqualTo(1);

            pipe.takes();
            sendRest(client, sent);
            assertThat(status(client)).isEqualTo("HTTP/1.1 204 No Content");
            assertThat(pipe.bytes()).isEqualTo(MUCH);
        }
    }

    @Test
    @DisplayName("a body of nothing is no tar: it is refused, and the agent is told no end")
    void copiedInNothing() throws Exception {
        AtomicReference<SlowPipe> opened = new AtomicReference<>();
        server.inside.opening = (request, reader) -> {
            SlowPipe made = new SlowPipe(reader);
            opened.set(made);
            reader.begun();
            return made;
        };
        try (SocketChannel client = connect()) {
            String request =
                    "PUT /instances/a-1/files?path=/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            assertThat(status(client)).isEqualTo("HTTP/1.1 400 Bad Request");
            assertThat(Objects.requireNonNull(opened.get()).bytes()).isZero();
        }
    }

    @Test
    @DisplayName("an image is not read faster than the disk keeps it; when that moves, all of it is read")
    void pushed() throws Exception {
        server.imageNodes.add(new Node(
                "n1",
                "i-n1",
                null,
                NodeWish.NONE,
                new NodeFacts(
                        "n1",
                        Map.of(),
                        new Capacity(2, 1L << 30),
                        "docker 24",
                        "0.1.0",
                        null,
                        null,
                        "",
                        List.of(Features.IMAGES)),
                new NodeJudgement(NodeState.READY, "", Instant.EPOCH, List.of())));
        Promise<Void> moves = Promise.promise();
        server.disk = moves.future();
        try (SocketChannel client = connect()) {
            int sent = send(client, head("POST", "/images/shop:3"));
            assertThat(sent).as("of an image that can't be kept").isLessThan(MUCH);

            moves.complete();
            sendRest(client, sent);
            // it is all zeros
            assertThat(status(client)).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    @DisplayName("bytes that the client does not take are waited for, and no more is asked for")
    void copiedOut() throws Exception {
        AtomicReference<PipeReader> copy = new AtomicReference<>();
        server.inside.opening = (request, reader) -> {
            copy.set(reader);
            return Pipe.NONE;
        };
        try (RawHttp client = new RawHttp(server.api.port(), 200_000)) {
            client.send("GET /instances/a-1/files?path=/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            await().until(() -> copy.get() != null);
            PipeReader reader = Objects.requireNonNull(copy.get());
            Future<Void> taken = reader.bytes(0, new byte[MUCH]);
            goRound();
            assertThat(taken.isComplete()).isFalse();

            reader.ended(new byte[0]);
            assertThat(client.rest().length()).isGreaterThan(MUCH);
            await().until(taken::succeeded);
        }
    }

    @Test
    @DisplayName("lines that the client does not take are waited for, and no more are asked for")
    void logged() throws Exception {
        AtomicReference<LineListener> reading = new AtomicReference<>();
        server.inside.reads = reader -> {
            reading.set(reader);
            return () -> {};
        };
        try (RawHttp client = new RawHttp(server.api.port(), 200_000)) {
            client.send("GET /instances/a-1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            await().until(() -> reading.get() != null);
            LogLine line = new LogLine(Instant.EPOCH, false, true, "x".repeat(1 << 20));
            LineListener reader = Objects.requireNonNull(reading.get());
            Future<Void> taken =
                    reader.lines(Collections.nCopies(MUCH >> 20, new InstanceLine("a-1", line, null, null)));
            goRound();
            assertThat(taken.isComplete()).isFalse();

            reader.ended();
            assertThat(client.rest().length()).isGreaterThan(MUCH);
            await().until(taken::succeeded);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel client = SocketChannel.open();
        client.setOption(StandardSocketOptions.SO_SNDBUF, 64 * 1024);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.api.port()));
        return client;
    }

    private static String head(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + MUCH + "\r\n\r\n";
    }

    /** @return how much of the body had gone when nothing more went though the server had its turn, three times */
    private int send(SocketChannel client, String head) throws Exception {
        client.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        client.configureBlocking(false);
        int sent = 0;
        for (int still = 0; still < 3 && sent < MUCH; ) {
            int more = client.write(ByteBuffer.allocate(Math.min(1 << 20, MUCH - sent)));
            sent += more;
            if (more == 0) {
                goRound();
                still++;
            } else {
                still = 0;
            }
        }
        return sent;
    }

    private static void sendRest(SocketChannel client, int sent) throws IOException {
        client.configureBlocking(true);
        client.write(ByteBuffer.allocate(MUCH - sent));
    }

    private static String status(SocketChannel client) throws IOException {
        return new BufferedReader(Channels.newReader(client, StandardCharsets.US_ASCII)).readLine();
    }

    /** All connections are on one thread: when it has answered, it had its turn with the others, too. */
    private void goRound() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
    }

    /** To an agent that takes nothing until it is told to. */
    private static final class SlowPipe implements Pipe {
        private final PipeReader reader;
        private final Queue<Promise<Void>> untaken = new ArrayDeque<>();
        private boolean taking;
        private int pieces;
        private long bytes;

        SlowPipe(PipeReader reader) {
            this.reader = reader;
        }

        /** From now on, and what it was given before. */
        synchronized void takes() {
            taking = true;
            untaken.forEach(Promise::complete);
            untaken.clear();
        }

        synchronized int pieces() {
            return pieces;
        }

        synchronized long bytes() {
            return bytes;
        }

        @Override
        public synchronized Future<Void> write(int channel, byte[] piece) {
            pieces++;
            bytes += piece.length;
            Promise<Void> taken = Promise.promise();
            if (taking) {
                taken.complete();
            } else {
                untaken.add(taken);
            }
            return taken.future();
        }

        @Override
        public void end() {
            reader.ended(new byte[0]);
        }

        @Override
        public void cancel() {}
    }
}
