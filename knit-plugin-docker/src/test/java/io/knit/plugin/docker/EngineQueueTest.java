package io.knit.plugin.docker;

import static io.knit.plugin.docker.FakeEngine.json;
import static io.knit.plugin.docker.FakeEngine.status;
import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.PullProgress;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PullListener;
import io.knit.plugin.docker.engine.Deadlines;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait for their turn. No engine is needed. */
class EngineQueueTest {
    private static final String INFO =
            "{\"ServerVersion\":\"20.10.24\",\"NCPU\":4,\"MemTotal\":1024,\"LoggingDriver\":\"json-file\"}";
    private static final Deadlines SHORT_QUEUE = new Deadlines(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            Duration.ofMillis(500),
            Duration.ofMinutes(1),
            Duration.ofMillis(100));

    @TempDir
    private Path dir;

    private FakeEngine engine;

    @BeforeEach
    void open() throws IOException {
        engine = new FakeEngine(dir.resolve("docker.sock"));
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static Optional<String> reads(String request) {
        return request.startsWith("GET /info") ? json(200, INFO) : json(404, "{\"message\":\"no such image\"}");
    }

    @Test
    void aPullBehindPullsOfASlowRegistryIsBusyAndNoEngineThatDoesNotAnswer() {
        engine.answer(request -> request.startsWith("GET") ? reads(request) : Optional.empty());
        DockerRuntime runtime = new DockerRuntime(engine.address(), SHORT_QUEUE);
        IntStream.range(0, 4).forEach(n -> runtime.pull(request("slow-" + n + ":1")));
        Awaitility.await().until(() -> engine.requests("POST /images/create") == 4);
        KnitException late = failure(runtime.pull(request("late:1")));
        assertThat(late.code()).isEqualTo(ErrorCode.BUSY);
        assertThat(late).hasMessage("pulling image late:1 waited 500 ms behind others of its kind and was not begun");
        await(runtime.close());
    }

    @Test
    void aLayerThatBrokeOffIsToldWhileThePullGoesOn() {
        engine.answer(request -> request.startsWith("POST /images/create")
                ? json(
                        200,
                        "{\"status\":\"Downloading\"}\n{\"status\":\"Retrying in 5 seconds\"}\n{\"status\":\"Pull complete\"}\n")
                : reads(request));
        DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
        List<String> remarks = new CopyOnWriteArrayList<>();
        await(runtime.pull(request("flaky:1"), remarks::add));
        assertThat(remarks)
                .containsExactly(
                        "a layer of flaky:1 broke off on its way from the registry; the engine fetches it again");
        await(runtime.close());
    }

    @Test
    void whatHasComeOfAllLayersIsToldAsTheEngineSaysIt() {
        engine.answer(request -> request.startsWith("POST /images/create")
                ? json(
                        200,
                        layer("a1", "Pulling fs layer", "")
                                + layer("b2", "Already exists", "")
                                + layer("a1", "Downloading", "\"current\":10,\"total\":100")
                                + layer("c3", "Downloading", "\"current\":5,\"total\":50")
                                + layer("a1", "Download complete", "")
                                + layer("a1", "Extracting", "\"current\":1,\"total\":100")
                                + layer("c3", "Downloading", "\"current\":50,\"total\":50"))
                : reads(request));
        DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
        List<PullProgress> told = new CopyOnWriteArrayList<>();
        await(runtime.pull(request("large:1"), new PullListener() {
            @Override
            public void remark(String words) {
                throw new AssertionError(words);
            }

            @Override
            public void progressed(PullProgress progress) {
                told.add(progress);
            }
        }));
        assertThat(told)
                .containsExactly(
                        new PullProgress(10, 100),
                        new PullProgress(15, 150),
                        new PullProgress(105, 150),
                        new PullProgress(150, 150));
        await(runtime.close());
    }

    private static String layer(String id, String status, String detail) {
        return "{\"status\":\"" + status + "\",\"progressDetail\":{" + detail + "},\"id\":\"" + id + "\"}\n";
    }

    private static ImageRequest request(String image) {
        return new ImageRequest(image, PullPolicy.MISSING, null);
    }

    @Test
    void onOldEnginesAllAreToldToStopBeforeTheFirstIsRemoved() {
        Gauge stops = new Gauge();
        CountDownLatch gate = new CountDownLatch(1);
        Gauge removals = new Gauge();
        engine.answer(request -> request.contains("/stop?")
                ? stops.through(gate)
                : request.startsWith("DELETE")
                        ? removals.through(new CountDownLatch(0))
                        : request.startsWith("GET") ? reads(request) : status(204));
        DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
        List<Future<Void>> calls = IntStream.range(0, 12)
                .mapToObj(n -> runtime.remove("c" + n, Duration.ofSeconds(10)))
                .toList();
        Awaitility.await().until(() -> stops.now() == 12);
        assertThat(engine.requests("DELETE")).isZero();
        gate.countDown();
        calls.forEach(call -> await(call));
        assertThat(engine.requests("DELETE")).isEqualTo(12);
        assertThat(removals.most()).isEqualTo(1);
        await(runtime.close());
    }

    @Test
    void commandsThatTakeLongHoldUpNoChecks() {
        engine.answer(request -> switch (request) {
            case "POST /containers/well/exec" -> json(201, "{\"Id\":\"check\"}");
            case "POST /exec/check/start" -> status(200);
            case "GET /exec/check/json" -> json(200, "{\"ExitCode\":0,\"Running\":false}");
            default -> Optional.empty();
        });
        DockerRuntime runtime = new DockerRuntime(engine.address(), SHORT_QUEUE);
        Duration grace = Duration.ofSeconds(30);
        List<Future<ExecResult>> stops = IntStream.range(0, 40)
                .mapToObj(n -> runtime.exec("stops-" + n, List.of("drain"), grace))
                .toList();
        Awaitility.await().until(() -> engine.requests("POST /containers/stops-") == 32);
        assertThat(await(runtime.check("well", List.of("true"), Duration.ofSeconds(2)))
                        .code())
                .isZero();
        assertThat(stops.subList(0, 32)).noneMatch(Future::isComplete);
        await(runtime.close());
    }
}
