package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.StartTimes;
import io.knit.api.model.TcpCheck;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server, an agent and a real engine: each kind of check sees its container become well, sick, and well again. */
class DockerCheckedTest extends EngineServerTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "hello", "checked.json");
    private static final String PAGE = "busybox mkdir -p /www; echo up > /www/index.html; httpd -p 80 -h /www; "
            + "trap 'exit 0' TERM QUIT; while true; do sleep 0.1; done";

    DockerCheckedTest() {
        super("checked");
    }

    @BeforeEach
    void startAgent() {
        await(agent.start());
    }

    private Instance instance() {
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private DeploymentSpec spec(String image, HealthSpec health) {
        return DeploymentSpec.builder(name, image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sh", "-c"))
                .args(List.of(PAGE))
                .init(false)
                .health(health)
                .build();
    }

    private static HealthSpec quick(HealthSpec health) {
        return health.timed(Duration.ofMillis(200), Duration.ofSeconds(1), 2, Duration.ofSeconds(10));
    }

    /** Runs it until it is healthy, makes it sick, and waits until it was started again in place and is healthy. */
    private void isSeenThrough(DeploymentSpec spec, String sickness, String words) {
        await(server.deploy(spec));
        until(() -> instance().health() == Health.HEALTHY);
        StartTimes first = instance().observed().start();
        assertThat(Stream.of(first.created(), first.started(), first.healthy()))
                .allMatch(time -> time != null && time.compareTo(Duration.ZERO) > 0);
        assertThat(first.waited()).isNotNull();
        assertThat(first.pulled()).isNotNull();
        String container = container();
        await(runtime.exec(container, List.of("sh", "-c", sickness), Duration.ofSeconds(10)));
        until(() -> instance().health() == Health.UNHEALTHY);
        assertThat(instance().reason()).contains(words).contains("starts again in 1 s (restart 1)");
        until(() -> instance().restarts() == 1 && instance().health() == Health.HEALTHY);
        StartTimes again = instance().observed().start();
        assertThat(Stream.of(again.waited(), again.started(), again.healthy()))
                .allMatch(time -> time != null && time.compareTo(Duration.ZERO) > 0);
        assertThat(again.created()).as("it is the same container").isNull();
        assertThat(container()).isEqualTo(container);
    }

    private String container() {
        var all = await(runtime.snapshot(server.snapshot().cluster())).containers();
        assertThat(all).hasSize(1);
        return all.get(0).id();
    }

    @Test
    @DisplayName("http, tcp and a command: well, sick, started again in place, well")
    void ownChecks() throws Exception {
        DeploymentSpec example = SpecReader.read(Files.readAllBytes(EXAMPLE));
        DeploymentSpec http = SpecTable.SPEC.with(
                spec(engine.image, quick(example.health())),
                Map.of("stop", example.stop(), "restart", example.restart()));
        isSeenThrough(http, "busybox rm /www/index.html", "health check: GET :80/ answered 404 (2 times in a row)");

        // only another check: the same container
        String container = container();
        await(server.deploy(spec(engine.image, quick(HealthSpec.of(new TcpCheck(80))))));
        until(() -> instance().revision() == 2 && instance().health() == Health.HEALTHY);
        assertThat(container()).isEqualTo(container);
    }

    @Test
    @DisplayName("a port that is not listened to any more")
    void tcp() {
        isSeenThrough(
                spec(engine.image, quick(HealthSpec.of(new TcpCheck(80)))),
                "busybox killall httpd",
                "health check: port 80: connection refused (2 times in a row)");
    }

    @Test
    @DisplayName("a command that fails, with what it said")
    void exec() {
        isSeenThrough(
                spec(
                        engine.image,
                        quick(HealthSpec.of(
                                List.of("sh", "-c", "test -e /www/index.html && exit 0; echo no page; exit 4")))),
                "busybox rm /www/index.html",
                "ended with exit code 4: no page (2 times in a row)");
    }

    @Test
    @DisplayName("the HEALTHCHECK of an image")
    void imagesOwn() throws Exception {
        String image = engine.image.replace(":1", ":own");
        engine.client
                .loadImageCmd(new ByteArrayInputStream(TestImage.busybox()
                        .checkedBy("test -e /www/index.html || { echo no page; exit 1; }")
                        .archive(image)))
                .exec();
        isSeenThrough(
                spec(image, HealthSpec.IMAGE),
                "busybox rm /www/index.html",
                "health check of its image: exit code 1: no page");
        await(server.undeploy(name));
        until(() -> server.snapshot().deployment(name).isEmpty());
        engine.client.removeImageCmd(image).withForce(true).exec();
        await(server.deploy(spec(engine.image, HealthSpec.DISABLED)));
    }
}
