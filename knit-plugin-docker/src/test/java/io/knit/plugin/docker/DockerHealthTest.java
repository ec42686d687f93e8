package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.Health;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.agent.health.NetConnections;
import io.knit.core.agent.health.Outcome;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.Futures;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an engine has to do with checks: addresses, commands, the checks of images. */
@RequiresDocker
class DockerHealthTest {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Vertx vertx = Vertx.vertx();
    private final DockerRuntime runtime =
            new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
    private TestEngine engine;

    @BeforeEach
    void open() throws IOException {
        engine = new TestEngine();
    }

    @AfterEach
    void close() {
        await(runtime.close());
        engine.close();
        await(vertx.close());
    }

    private ContainerSnapshot shown(String id) {
        return await(runtime.snapshot(engine.cluster)).containers().stream()
                .filter(container -> container.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A shell that has just been started heeds no trap yet: a signal that is too early ends it. */
    private void untilItIsReady(String id) {
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .until(() -> await(runtime.exec(id, List.of("sh", "-c", "test -e /ready"), Duration.ofSeconds(10)))
                                .code()
                        == 0);
    }

    private String run(ContainerSpec spec) {
        String id = await(runtime.create(spec));
        await(runtime.start(id));
        return id;
    }

    @Test
    @DisplayName(
            "a container is reached at the address that the engine shows, by http and by tcp, and words say what it answered")
    void isReached() {
        String id = run(engine.spec(
                "web", "sh", "-c", "/bin/busybox mkdir /www && echo up > /www/up && exec httpd -f -p 8080 -h /www"));
        String address = Objects.requireNonNull(shown(id).address());
        NetConnections connections = new NetConnections(vertx);
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .until(() -> await(connections.http(address, new HttpCheck("/up", 8080), SOON))
                        .equals(Outcome.WELL));
        assertThat(await(connections.tcp(address, new TcpCheck(8080), SOON))).isEqualTo(Outcome.WELL);
        assertThat(await(connections.http(address, new HttpCheck("/down", 8080), SOON))
                        .why())
                .isEqualTo("GET :8080/down answered 404");
        assertThat(await(connections.http(address, new HttpCheck("/down", 8080, "404", Map.of("Host", "x")), SOON)))
                .isEqualTo(Outcome.WELL);
        assertThat(await(connections.tcp(address, new TcpCheck(8081), SOON)).why())
                .isEqualTo("port 8081: connection refused");
        assertThat(await(connections.http(address, new HttpCheck("/", 8081), SOON))
                        .why())
                .isEqualTo("GET :8081/: connection refused");
        await(runtime.stop(id, "", Duration.ofSeconds(1)));
        assertThat(shown(id).address()).isNull();
    }

    @Test
    @DisplayName("who takes a connection and says nothing is ended after the timeout")
    void saysNothing() {
        String id = run(engine.spec("mute", "nc", "-l", "-p", "8080", "-e", "sleep", "600"));
        NetConnections connections = new NetConnections(vertx);
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .until(() -> await(connections.http(
                                Objects.requireNonNull(shown(id).address()),
                                new HttpCheck("/", 8080),
                                Duration.ofMillis(500)))
                        .why()
                        .equals("GET :8080/ did not answer within 500ms"));
    }

    @Test
    @DisplayName("a command's code and words come back, and one that hangs is ended")
    void commands() {
        String id = run(engine.spec("one", "sleep", "600"));
        ExecResult result =
                await(runtime.exec(id, List.of("sh", "-c", "echo out; echo err >&2; exit 3"), Duration.ofSeconds(10)));
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.output()).contains("out", "err");
        assertThat(await(runtime.exec(
                                id,
                                List.of("sh", "-c", "/bin/busybox yes | /bin/busybox head -c 1000000"),
                                Duration.ofSeconds(10)))
                        .output())
                .hasSize(4096);
        assertThat(await(runtime.exec(id, List.of("/no/such"), Duration.ofSeconds(10)))
                        .code())
                .isNotZero();

        assertThat(failure(runtime.exec(id, List.of("sleep", "77"), Duration.ofMillis(500)))
                        .code())
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .until(() -> !await(runtime.exec(id, List.of("/bin/busybox", "ps"), Duration.ofSeconds(10)))
                        .output()
                        .contains("sleep 77"));
    }

    @Test
    @DisplayName(
            "a signal of one's own ends a container that heeds it, and one that does not is killed after the grace")
    void signals() {
        String heeds = run(engine.spec(
                "heeds", "sh", "-c", "trap 'exit 7' QUIT; : > /ready; while true; do /bin/busybox sleep 0.1; done"));
        untilItIsReady(heeds);
        await(runtime.stop(heeds, "SIGQUIT", Duration.ofSeconds(20)));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> shown(heeds).state() == ContainerState.EXITED);
        assertThat(shown(heeds).exit()).isEqualTo("exit code 7");
        String deaf = run(engine.spec(
                "deaf", "sh", "-c", "trap '' QUIT; : > /ready; while true; do /bin/busybox sleep 0.1; done"));
        untilItIsReady(deaf);
        await(runtime.stop(deaf, "SIGQUIT", Duration.ofMillis(300)));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> shown(deaf).state() == ContainerState.EXITED);
        assertThat(shown(deaf).exit()).contains("137");
    }

    @Test
    @DisplayName("the check of an image is known with the image, shown with the container, and hinted at when it turns")
    void imagesCheck() throws IOException {
        String image = engine.image.replace(":1", ":checked");
        engine.client
                .loadImageCmd(new ByteArrayInputStream(TestImage.busybox()
                        .checkedBy("test ! -e /sick || { echo feeling sick; exit 1; }")
                        .archive(image)))
                .exec();
        try {
            assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.MISSING, null)))
                            .checked())
                    .isTrue();
            assertThat(await(runtime.pull(new ImageRequest(engine.image, PullPolicy.MISSING, null)))
                            .checked())
                    .isFalse();
            AtomicInteger hints = new AtomicInteger();
            runtime.onChange(hints::incrementAndGet);
            String id = run(new ContainerSpec(
                    engine.name("checked"),
                    image,
                    List.of("sleep"),
                    List.of("600"),
                    Map.of(),
                    engine.labels("checked"),
                    List.of(),
                    List.of()));
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> health(id) == Health.HEALTHY);
            int before = hints.get();
            await(runtime.exec(id, List.of("touch", "/sick"), Duration.ofSeconds(10)));
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> hints.get() > before);
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> health(id) == Health.UNHEALTHY);
            assertThat(Objects.requireNonNull(shown(id).health()).words()).isEqualTo("exit code 1: feeling sick");
            await(runtime.stop(id, "", Duration.ofSeconds(1)));
            assertThat(shown(id).health()).isNull();
            await(runtime.remove(id, Duration.ZERO));
        } finally {
            engine.client.removeImageCmd(image).withForce(true).exec();
        }
    }

    private @Nullable Health health(String id) {
        ContainerHealth health = shown(id).health();
        return health == null ? null : health.state();
    }
}
