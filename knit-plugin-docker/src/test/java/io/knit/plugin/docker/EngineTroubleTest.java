package io.knit.plugin.docker;

import static io.knit.plugin.docker.FakeEngine.json;
import static io.knit.plugin.docker.FakeEngine.status;
import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that hang, answer halves, come back. No engine is needed. */
class EngineTroubleTest {
    private static final int WIDTH = 2 * Runtime.getRuntime().availableProcessors();
    private static final String INFO =
            "{\"ServerVersion\":\"%s\",\"NCPU\":4,\"MemTotal\":1024,\"LoggingDriver\":\"json-file\"}";

    @TempDir
    private Path dir;

    private FakeEngine engine;

    /** For calls that hang: one that is answered too late for it would be taken for such. */
    private DockerRuntime runtime;

    private DockerRuntime patient;

    /** The first call of a process loads classes for a second or more on a busy machine, which no short deadline allows for. */
    @BeforeAll
    static void loadClasses(@TempDir Path dir) throws IOException {
        try (FakeEngine engine = new FakeEngine(dir.resolve("docker.sock"))) {
            engine.answer(request -> others(request, "20.10.24"));
            DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
            await(runtime.snapshot("c"));
            await(runtime.remove("x", Duration.ofSeconds(1)));
            await(runtime.close());
        }
    }

    @BeforeEach
    void open() throws IOException {
        engine = new FakeEngine(dir.resolve("docker.sock"));
        runtime = new DockerRuntime(engine.address(), FakeEngine.SHORT);
        patient = new DockerRuntime(engine.address(), Deadlines.defaults());
    }

    @AfterEach
    void close() throws IOException {
        await(runtime.close());
        await(patient.close());
        engine.close();
    }

    @Test
    void aSilentEngineEndsNoCallLateAndHoldsNoConnection() {
        assertThat(failure(runtime.snapshot("c")).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
        assertThat(failure(runtime.start("x")))
                .hasMessageContaining("did not answer starting container x within 1500 ms")
                .hasMessageContaining(engine.address().toString());
        Awaitility.await().until(() -> engine.connections() == 0);
    }

    @Test
    void whileStartsHangCallsFailAtOnceAndOneAtATimeTriesUntilTheEngineAnswersAgain() {
        engine.answer(request -> isMutation(request) ? Optional.empty() : reads(request, "20.10.24"));
        AtomicInteger told = new AtomicInteger();
        runtime.onChange(told::incrementAndGet);
        List<Future<Void>> starts =
                IntStream.range(0, 100).mapToObj(n -> runtime.start("c" + n)).toList();
        starts.forEach(start -> assertThat(failure(start).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE));
        assertThat(engine.requests("POST /containers/")).isBetween((long) WIDTH, 2L * WIDTH);

        Future<Void> probe = runtime.start("probe");
        Awaitility.await().until(() -> engine.requests("POST /containers/probe/") == 1);
        assertThat(failure(runtime.remove("y", Duration.ZERO))).hasMessageContaining("does not answer");
        assertThat(failure(runtime.start("x")))
                .hasMessageContaining("does not answer (starting container c")
                .hasMessageContaining("so starting container x was not tried");
        assertThat(engine.requests("POST /containers/x/")).isZero();
        assertThat(eventually(() -> runtime.snapshot("c")).engineVersion()).isEqualTo("docker 20.10.24");
        failure(probe);

        engine.answer(request -> isMutation(request) ? status(204) : reads(request, "20.10.24"));
        int before = told.get();
        eventually(() -> runtime.start("x").map(true));
        eventually(() -> runtime.remove("y", Duration.ofSeconds(1)).map(true));
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    void anEngineWithAnotherIdAtEachAnswerHasNone() {
        AtomicInteger asked = new AtomicInteger();
        engine.answer(request -> request.startsWith("GET /info")
                ? json(200, "{\"ServerVersion\":\"5\",\"ID\":\"podman-" + asked.incrementAndGet() + "\"}")
                : reads(request, "5"));
        assertThat(await(patient.snapshot("c")).engineId()).isEmpty();
        engine.answer(request -> request.startsWith("GET /info")
                ? json(200, "{\"ServerVersion\":\"29\",\"ID\":\"AB:CD\"}")
                : reads(request, "29"));
        DockerRuntime another = new DockerRuntime(engine.address(), Deadlines.defaults());
        assertThat(await(another.snapshot("c")).engineId()).isEqualTo("AB:CD");
        await(another.close());
    }

    @Test
    void anAnswerThatTouchesNothingDoesNotCountAsRecovery() {
        engine.answer(request -> isMutation(request) ? Optional.empty() : reads(request, "20.10.24"));
        failure(runtime.start("a"));
        engine.answer(request -> request.contains("/gone")
                ? json(404, "{\"message\":\"No such container: gone\"}")
                : isMutation(request) ? Optional.empty() : reads(request, "20.10.24"));
        eventually(() -> runtime.remove("gone", Duration.ZERO).map(true));
        Future<Void> probe = runtime.start("b");
        Awaitility.await().until(() -> engine.requests("POST /containers/b/") == 1);
        assertThat(failure(runtime.start("c"))).hasMessageContaining("does not answer");
        failure(probe);
    }

    @Test
    void makingContainersGoesOnWhileStartsHang() {
        engine.answer(request -> request.startsWith("POST /containers/create")
                ? json(201, "{\"Id\":\"made\",\"Warnings\":[]}")
                : isMutation(request) ? Optional.empty() : reads(request, "20.10.24"));
        failure(runtime.start("a"));
        assertThat(eventually(() -> runtime.create(spec()))).isEqualTo("made");
        Future<Void> probe = runtime.start("b");
        Awaitility.await().until(() -> engine.requests("POST /containers/b/") == 1);
        assertThat(failure(runtime.start("c"))).hasMessageContaining("does not answer");
        failure(probe);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{\"Id\":",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n[null]",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n"
            })
    void halvesAndGarbageAreAnUnavailableEngine(String answer) {
        engine.answer(request -> request.startsWith("GET /info") ? reads(request, "29.0.0") : Optional.of(answer));
        KnitException error = failure(runtime.snapshot("c"));
        assertThat(error.code()).as(error.getMessage()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
        assertThat(error).hasMessageContaining(engine.address().toString());
    }

    @Test
    void anErrorOfTheEngineIsARefusalInItsWords() {
        engine.answer(request ->
                isMutation(request) ? json(500, "{\"message\":\"the disk\\n is full\"}") : reads(request, "29.0.0"));
        KnitException error = failure(patient.create(spec()));
        assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(error).hasMessage("The Docker Engine refused making container web: the disk is full");
    }

    @Test
    void noMoreStartsAtOnceThanTwiceTheCoresAndRemovalsGoOnNextToThem() {
        Gauge starts = new Gauge();
        CountDownLatch gate = new CountDownLatch(1);
        engine.answer(request -> request.contains("/start") ? starts.through(gate) : others(request, "20.10.24"));
        List<Future<Void>> calls = IntStream.range(0, 5 * WIDTH)
                .mapToObj(n -> patient.start("c" + n))
                .toList();
        Awaitility.await().until(() -> starts.now() == WIDTH);
        await(patient.remove("z", Duration.ofSeconds(1)));
        gate.countDown();
        calls.forEach(Futures::await);
        assertThat(starts.most()).isEqualTo(WIDTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.10.24", "22.06.0-beta", "unknown"})
    void oldEnginesRemoveOneAtATime(String version) {
        assertThat(mostRemovalsAtOnce(version)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23.0.0", "29.1.2"})
    void newerEnginesRemoveSeveralAtOnce(String version) {
        assertThat(mostRemovalsAtOnce(version)).isEqualTo(WIDTH);
    }

    private int mostRemovalsAtOnce(String version) {
        Gauge removals = new Gauge();
        CountDownLatch gate = new CountDownLatch(1);
        engine.answer(request -> request.startsWith("DELETE") ? removals.through(gate) : others(request, version));
        List<Future<Void>> calls = IntStream.range(0, 3 * WIDTH)
                .mapToObj(n -> patient.remove("c" + n, Duration.ZERO))
                .toList();
        Awaitility.await().until(() -> removals.now() >= (version.matches("2[3-9].*") ? WIDTH : 1));
        gate.countDown();
        calls.forEach(Futures::await);
        return removals.most();
    }

    @Test
    void closeEndsWhatIsUnderWayAndItsThreads() {
        patient.onChange(() -> {});
        Future<Void> start = patient.start("x");
        Awaitility.await().until(() -> engine.requests("POST /containers/x/") == 1);
        Future<Void> closed = patient.close();
        assertThat(failure(start).code()).isEqualTo(ErrorCode.CLOSED);
        await(closed);
        Awaitility.await().until(() -> engine.connections() == 0);
        assertThat(failure(patient.start("x")).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void anEngineThatIsNotThereIsSaidToBeMissingAndFoundWhenItComes() throws IOException {
        engine.close();
        AtomicInteger told = new AtomicInteger();
        patient.onChange(told::incrementAndGet);
        KnitException missing = failure(patient.create(spec()));
        assertThat(missing.code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
        assertThat(missing)
                .hasMessageContaining(engine.address().toString())
                .hasMessageContaining("No such file or directory")
                .hasMessageContaining("check that the engine runs");
        engine = new FakeEngine(dir.resolve("docker.sock"));
        engine.answer(request -> others(request, "29.0.0"));
        Awaitility.await().until(() -> told.get() > 0);
        RuntimeSnapshot snapshot = await(patient.snapshot("c"));
        assertThat(snapshot.engineVersion()).isEqualTo("docker 29.0.0");
        assertThat(snapshot.capacity().cpus()).isEqualTo(4);
    }

    @Test
    void theEventStreamIsOpenedAgainAndTheEnginesVersionAskedAnew() throws IOException {
        engine.answer(request -> others(request, "20.10.24"));
        AtomicInteger told = new AtomicInteger();
        patient.onChange(told::incrementAndGet);
        Awaitility.await().until(() -> told.get() == 1);
        assertThat(await(patient.snapshot("c")).engineVersion()).isEqualTo("docker 20.10.24");

        engine.close();
        Awaitility.await("that the engine is gone is told").until(() -> told.get() >= 2);
        engine = new FakeEngine(dir.resolve("docker.sock"));
        engine.answer(request -> others(request, "29.0.0"));
        assertThat(eventually(() -> patient.snapshot("c")
                                .compose(now -> now.engineVersion().equals("docker 29.0.0")
                                        ? Future.succeededFuture(now)
                                        : Future.failedFuture("not asked anew yet")))
                        .engineVersion())
                .isEqualTo("docker 29.0.0");
        assertThat(engine.requests())
                .anySatisfy(request -> assertThat(request)
                        .startsWith("GET /events?")
                        .contains("knit.cluster")
                        .contains("destroy"));
    }

    @Test
    void callsAfterOneAnotherUseOneConnection() {
        engine.answer(request -> others(request, "29.0.0"));
        await(patient.snapshot("c"));
        int before = engine.accepted();
        for (int i = 0; i < 10; i++) {
            await(patient.start("c" + i));
            await(patient.snapshot("c"));
            await(patient.remove("c" + i, Duration.ofSeconds(1)));
        }
        assertThat(engine.accepted() - before).as("thirty calls and more").isLessThanOrEqualTo(1);
        await(patient.close());
        Awaitility.await().until(() -> engine.connections() == 0);
    }

    @Test
    @DisplayName("one that can't be on its second network is not left there on its first")
    void onAllNetworksOrNotThere() {
        engine.answer(request -> {
            if (request.startsWith("POST /networks/create")) {
                return json(500, "{\"message\":\"could not find an available, non-overlapping IPv4 address pool\"}");
            }
            if (request.startsWith("POST /containers/create")) {
                return json(201, "{\"Id\":\"half\",\"Warnings\":[]}");
            }
            return isMutation(request) ? status(204) : reads(request, "29.0.0");
        });
        ContainerSpec plain = spec();
        NetworkSpec both = new NetworkSpec(
                "",
                "",
                List.of(),
                List.of(),
                List.of(new NamedNetwork("front", List.of()), new NamedNetwork("back", List.of())));
        ContainerSpec onTwo = new ContainerSpec(
                plain.name(),
                plain.image(),
                plain.command(),
                plain.args(),
                plain.env(),
                plain.labels(),
                plain.ports(),
                plain.mounts(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                both,
                LogSpec.DEFAULT);
        assertThat(failure(patient.create(onTwo)))
                .hasMessageContaining("could not make the network back: it has no addresses left for another");
        assertThat(engine.requests("DELETE /containers/half")).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "an engine that hangs up on who is still sending, as where its disk is full, is not called one that can't be reached")
    void brokenOff() {
        engine.answer(request -> request.startsWith("PUT /containers/x/archive")
                ? json(500, "{\"message\":\"write /a: no space left on device\"}")
                : request.startsWith("GET /containers/x/archive")
                        ? Optional.of(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: 1\r\n\r\nx")
                        : others(request, "29.0.0"));
        engine.hangUp();
        Intake<Void> copy = patient.write("x", "/");
        send(copy, 400);
        assertThat(failure(copy.ended()))
                .hasMessageContaining("broke off copying")
                .hasMessageContaining("as where its disk is full")
                .hasMessageNotContaining("can't be reached");
    }

    private static void send(Intake<Void> to, int pieces) {
        if (pieces > 0) {
            to.write(new byte[32 * 1024]).onSuccess(taken -> send(to, pieces - 1));
        } else {
            to.endInput();
        }
    }

    @Test
    void aRefusalLeavesItsConnectionToTheNextCall() {
        engine.answer(request ->
                isMutation(request) ? json(500, "{\"message\":\"the disk is full\"}") : reads(request, "29.0.0"));
        failure(patient.start("x"));
        int before = engine.accepted();
        failure(patient.start("x"));
        assertThat(engine.accepted()).isEqualTo(before);
    }

    @Test
    void aKeptConnectionThatTheEngineLeftIsNoFailure() {
        engine.hangUp();
        engine.answer(request -> others(request, "29.0.0"));
        for (int i = 0; i < 10; i++) {
            await(patient.start("c" + i));
            Awaitility.await().until(() -> engine.connections() == 0);
        }
        assertThat(engine.requests("POST /containers/")).isEqualTo(10);
    }

    @Test
    void noRequestNamesAnApiVersion() {
        engine.answer(request -> others(request, "29.0.0"));
        await(patient.snapshot("c"));
        await(patient.start("x"));
        assertThat(engine.requests()).noneMatch(request -> request.matches("[A-Z]+ /v\\d.*"));
    }

    /** The non-null result of calls that are answered, under deadlines made for hanging ones: on a busy machine one may miss them. */
    private static <T> T eventually(Supplier<Future<T>> call) {
        return Awaitility.await()
                .ignoreExceptions()
                .atMost(Futures.PATIENCE)
                .until(() -> Futures.await(call.get()), result -> true);
    }

    private static boolean isMutation(String request) {
        return !request.startsWith("GET");
    }

    /** An engine in health. */
    private static Optional<String> others(String request, String version) {
        return isMutation(request) ? status(204) : reads(request, version);
    }

    private static Optional<String> reads(String request, String version) {
        if (request.startsWith("GET /info")) {
            return json(200, INFO.formatted(version));
        }
        if (request.startsWith("GET /events")) {
            return Optional.of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        }
        return json(200, "[]");
    }

    private static ContainerSpec spec() {
        return new ContainerSpec("web", "i", List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of());
    }
}
