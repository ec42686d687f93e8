package io.knit.core.server.http.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.inside.Pipe;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.CommandEnd;
import io.knit.core.wire.asked.ShellAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that are talked to: a real server and WebSockets, before an agent that the test plays. */
class ShellSocketTest {
    private static final String EXEC = "/instances/web-0-x/exec?command=true";
    private static final String UPGRADE = "GET " + EXEC
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static final int PIECE = 32 * 1024;

    private ApiServer server;
    /** Whether the agent was told that nobody is there any more. */
    private volatile boolean left;

    private class FakePipe implements Pipe {
        @Override
        public Future<Void> write(int channel, byte[] bytes) {
            return Future.succeededFuture();
        }

        @Override
        public void end() {}

        @Override
        public void cancel() {
            left = true;
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(new HttpLimits(
                3, 1 << 20, 1 << 20, Duration.ofSeconds(10), 1000, Duration.ofSeconds(1), Duration.ofMillis(200)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebSocket open() throws Exception {
        return open(new WebSocket.Listener() {});
    }

    private WebSocket open(WebSocket.Listener listener) throws Exception {
        return server.client
                .newWebSocketBuilder()
                .buildAsync(URI.create(server.url(EXEC).replace("http", "ws")), listener)
                .get(10, TimeUnit.SECONDS);
    }

    private long figure(String name) throws Exception {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    @DisplayName("the connection of a command that was left is nobody's any more: others get its place")
    void leavesItsPlace() throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return Pipe.NONE;
        };
        long before = figure("knit_http_connections");
        for (int i = 0; i < 5; i++) {
            open().abort();
            await().until(() -> figure("knit_http_connections") == before);
        }
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("it is counted among the answers, though it has no end as others have")
    void isCounted() throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return Pipe.NONE;
        };
        open().abort();
        assertThat(figure("knit_http_requests_total{status=\"1xx\"}")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("who takes nothing is cut off, whether the command has ended or not")
    void takesNothing(boolean ends) throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.begun();
            for (int i = 0; i < 8; i++) {
                reader.bytes(ShellAsked.INPUT + 1, new byte[1 << 20]);
            }
            if (ends) {
                reader.ended(WireCodec.encode(new CommandEnd(0)));
            }
            return new FakePipe();
        };
        long before = figure("knit_http_connections");
        try (RawHttp raw = new RawHttp(server.api.port(), 4096)) {
            raw.send(UPGRADE);
            await().until(() -> left);
            await().until(() -> figure("knit_http_connections") == before);
        }
    }

    @Test
    @DisplayName(
            "who has more to send than a command reads for a while is waited for, though no pong gets past what he sends")
    void commandReadsLate() throws Exception {
        Promise<Void> reads = Promise.promise();
        AtomicLong read = new AtomicLong();
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return new FakePipe() {
                @Override
                public Future<Void> write(int channel, byte[] bytes) {
                    return reads.future().onSuccess(now -> read.addAndGet(bytes.length));
                }

                @Override
                public void end() {
                    reader.ended(WireCodec.encode(new CommandEnd(0)));
                }
            };
        };
        AtomicInteger pings = new AtomicInteger();
        CompletableFuture<String> last = new CompletableFuture<>();
        WebSocket socket = open(new WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
                pings.incrementAndGet();
                from.request(1);
                return null;
            }

            @Override
            public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean whole) {
                last.complete(StandardCharsets.UTF_8.decode(data.position(1)).toString());
                from.request(1);
                return null;
            }

            @Override
            public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                last.complete(code + reason);
                return null;
            }
        });
        int pieces = 256;
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < pieces; i++) {
                // the first byte is the channel
                socket.sendBinary(ByteBuffer.allocate(1 + PIECE), true).join();
            }
            socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255}), true).join();
        });

        await().until(() -> pings.get() >= 5 || last.isDone());
        reads.complete();

        assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo("{\"exit_code\":0}");
        sent.get(20, TimeUnit.SECONDS);
        assertThat(read).hasValue((long) pieces * PIECE);
    }
}
