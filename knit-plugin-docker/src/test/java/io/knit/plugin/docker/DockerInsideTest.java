package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.testkit.Futures;
import io.knit.testkit.contract.InsideContract;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
}
