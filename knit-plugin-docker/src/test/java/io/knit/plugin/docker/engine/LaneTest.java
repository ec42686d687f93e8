package io.knit.plugin.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls to an engine that takes connections and never says a word. */
class LaneTest {
    private static final int ROUNDS = 200;
    private static final int WIDTH = 4;
    private static final int LONGEST_NANOS = 5_000_000;

    @TempDir
    Path dir;

    @Test
    @DisplayName(
            "a deadline or the close that comes at whatever moment of a call, as it connects too, leaves no thread that reads for ever")
    void endsAtWhateverMoment() throws Exception {
        Path socket = dir.resolve("engine.sock");
        Random random = new Random(11);
        ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(2);
        List<SocketChannel> connections = new CopyOnWriteArrayList<>();
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            Thread accepting = new Thread(() -> accept(silent, connections));
            accepting.setDaemon(true);
            accepting.start();
            EngineAddress address = EngineAddress.parse("unix://" + socket);
            for (int round = 0; round < ROUNDS; round++) {
                Engine engine =
                        new Engine(new EngineClients(address), new EngineErrors(address), Deadlines.defaults(), timer);
                Lane lane = new Lane("test", WIDTH, new Circuit(() -> {}), engine);
                for (int call = 0; call < WIDTH; call++) {
                    lane.call(
                            "pinging",
                            Duration.ofNanos(1 + random.nextInt(LONGEST_NANOS)),
                            client -> client.pingCmd().exec());
                }
                TimeUnit.NANOSECONDS.sleep(random.nextInt(LONGEST_NANOS));
                Future<Void> closed = lane.close();
                Awaitility.await()
                        .alias("the lane's threads of round " + round)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(closed::isComplete);
            }
        } finally {
            timer.shutdownNow();
            for (SocketChannel connection : connections) {
                connection.close();
            }
        }
        assertThat(connections).as("none was made: nothing was shown").isNotEmpty();
    }

    private static void accept(ServerSocketChannel silent, List<SocketChannel> connections) {
        try {
            while (true) {
                connections.add(silent.accept());
            }
        } catch (IOException e) {
            // closed: that is how it ends
        }
    }
}
