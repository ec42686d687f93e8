package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.testkit.Futures;
import io.knit.testkit.contract.InsideContract;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresDocker
class DockerInsideTest extends InsideContract {
    private static TestEngine engine;

    @BeforeAll
    static void makeImage() throws IOException {
        engine = new TestEngine();
    }

    @AfterAll
    static void removeImage() {
        engine.close();
    }

    @Override
    protected Future<? extends ContainerRuntime> open() {
        return Future.succeededFuture(
                new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults()));
    }

    @Override
    protected String image() {
        return engine.image;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("a terminal has the size that is asked for, also later")
    void resizes() {
        String id = running();
        Bytes output = new Bytes();
        ShellSession session =
                shells().shell(id, new ShellRequest(List.of("sh"), true, true, 91, 17), output, new Bytes());
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> {
            await(session.write(utf8("stty size\n")));
            return output.text().contains("17 91");
        });
        session.resize(62, 33);
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> {
            await(session.write(utf8("stty size\n")));
            return output.text().contains("33 62");
        });
        await(session.write(utf8("exit 7\n")));
        assertThat(await(session.ended())).isEqualTo(7);
    }

    @Test
    @DisplayName("the process of a container is joined, and goes on when who joined it leaves")
    void joins() {
        String id = running();
        ShellSession joined =
                shells().shell(id, new ShellRequest(List.of(), false, false, 0, 0), new Bytes(), new Bytes());
        await(joined.begun());
        joined.cancel();
        failure(joined.ended());
        ShellSession after =
                shells().shell(id, new ShellRequest(List.of("true"), false, false, 0, 0), new Bytes(), new Bytes());
        assertThat(await(after.ended())).isZero();
        ShellSession again =
                shells().shell(id, new ShellRequest(List.of(), false, false, 0, 0), new Bytes(), new Bytes());
        await(again.begun());
        await(((StopAbility) shells()).stop(id, "SIGKILL", Duration.ofSeconds(1)));
        assertThat(await(again.ended())).isEqualTo(137);
    }

    @Test
    @DisplayName("a command that somebody left is not left behind in its container")
    void leavesNothing() {
        String id = running();
        ShellSession left = shells().shell(
                        id, new ShellRequest(List.of("sleep", "12345"), false, true, 0, 0), new Bytes(), new Bytes());
        await(left.begun());
        DockerClient client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> sleeps(client, id));
        left.cancel();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> !sleeps(client, id));
        EngineClients.close(client);
    }

    private static boolean sleeps(DockerClient client, String id) {
        return Arrays.stream(client.topContainerCmd(id).exec().getProcesses())
                .anyMatch(process -> String.join(" ", process).contains("sleep 12345"));
    }

    /** Takes nothing until it is let go; notes where it was told that lines are missing. */
    private static final class HeldReader implements LogReader {
        final List<Integer> lines = new ArrayList<>();
        final List<Integer> missed = new ArrayList<>();
        private final Promise<Void> held = Promise.promise();

        @Override
        public synchronized Future<Void> line(LogLine line) {
            lines.add(Integer.valueOf(line.text()));
            return held.future();
        }

        @Override
        public synchronized Future<Void> missed(Instant after, Instant before) {
            assertThat(before).isAfterOrEqualTo(after);
            missed.add(lines.get(lines.size() - 1));
            return Future.succeededFuture();
        }

        synchronized int last() {
            return lines.isEmpty() ? 0 : lines.get(lines.size() - 1);
        }

        /** After which lines others are missing. */
        List<Integer> gaps() {
            return IntStream.range(1, lines.size())
                    .filter(i -> lines.get(i) != lines.get(i - 1) + 1)
                    .mapToObj(i -> lines.get(i - 1))
                    .toList();
        }
    }

    /** What a reader has who takes nothing until this is written, by a container of which two files of 1 MB each are kept. */
    private HeldReader afterwards(int last, String then) {
        String script = "trap 'seq 2 " + last + "; " + then + "' USR1; echo 1; while :; do sleep 0.01; done";
        DockerClient client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        String id = client.createContainerCmd(image())
                .withCmd("sh", "-c", script)
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode("none")
                        .withLogConfig(new LogConfig(
                                LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "1m", "max-file", "2"))))
                .exec()
                .getId();
        try {
            client.startContainerCmd(id).exec();
            HeldReader reader = new HeldReader();
            Ongoing<Void> follows = ((LogsAbility) shells()).logs(id, new LogQuery(true, null, null), reader);
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> !reader.lines.isEmpty());
            client.killContainerCmd(id).withSignal("SIGUSR1").exec();
            Awaitility.await()
                    .atMost(Futures.PATIENCE)
                    .until(() -> then.isEmpty() ? last(id) == last : !runs(client, id));
            reader.held.complete();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> reader.last() == last);
            follows.cancel();
            return reader;
        } finally {
            client.removeContainerCmd(id).withForce(true).exec();
            EngineClients.close(client);
        }
    }

    private int last(String id) {
        HeldReader reader = new HeldReader();
        reader.held.complete();
        await(((LogsAbility) shells())
                .logs(id, new LogQuery(false, 1, null), reader)
                .ended());
        return reader.last();
    }

    private static boolean runs(DockerClient client, String id) {
        return Boolean.TRUE.equals(
                client.inspectContainerCmd(id).exec().getState().getRunning());
    }

    @Test
    @DisplayName("who follows slowly has all that the engine kept when the container has ended")
    void followsToTheEnd() {
        HeldReader reader = afterwards(20_000, "exit");
        assertThat(reader.lines)
                .isEqualTo(IntStream.rangeClosed(1, 20_000).boxed().toList());
        assertThat(reader.missed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", ""})
    @DisplayName(
            "who follows too slowly is told where lines are missing, and nowhere else, of one that has ended and of one that goes on")
    void tellsOfGaps(String then) {
        HeldReader reader = afterwards(120_000, then);
        assertThat(reader.lines).isSorted().doesNotHaveDuplicates();
        assertThat(reader.gaps()).isNotEmpty().isEqualTo(reader.missed);
    }
}
