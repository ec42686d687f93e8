package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.spi.figure.Measured;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.http.access.Listening;
import io.knit.core.server.http.connection.ClientRates;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.meter.Meters;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API is made while the state is still read: nobody reaches it before it listens, and it can be given up. */
class NotListeningYetTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void itListensWhenItIsToldTo() throws Exception {
        int port = free();
        HttpApi api = await(made(port));
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
        await(api.listen());
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        assertThat(api.port()).isEqualTo(port);
        await(api.close());
    }

    @Test
    void whatNeverListenedIsClosed() throws Exception {
        await(await(made(free())).close());
    }

    /** As where an embedder's libraries are of other versions; a start that waits for the API would wait for ever. */
    @Test
    void whatCanNotBeMadeFails() throws Exception {
        List<Measured> broken = new AbstractList<>() {
            @Override
            public Measured get(int index) {
                throw new NoSuchMethodError("for the test");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        assertThatThrownBy(() -> await(made(free(), broken))).hasRootCauseInstanceOf(NoSuchMethodError.class);
    }

    private Future<HttpApi> made(int port) {
        return made(port, List.of());
    }

    private Future<HttpApi> made(int port, List<Measured> components) {
        return HttpApi.make(
                server.vertx,
                new Listening("127.0.0.1", port),
                server.orchestrator,
                components,
                Inside.NONE,
                new ImagePushes(new VertxLoop(server.vertx), Inside.NONE, List::of, Path.of("images"), new RandomIds()),
                new ClientRates(ClientRates.USUAL),
                new Meters());
    }

    private static int free() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
