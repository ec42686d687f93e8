package io.knit.plugin.docker;

import static io.knit.plugin.docker.FakeEngine.json;
import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.plugin.docker.engine.Deadlines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that an engine lists, and can say no more of. No engine is needed. */
class DamagedContainersTest {
    private static final String INFO =
            "{\"ServerVersion\":\"20.10.24\",\"NCPU\":4,\"MemTotal\":1024,\"LoggingDriver\":\"json-file\"}";
    private static final String KILLED = "\"State\":\"exited\",\"Status\":\"Exited (137) 5 minutes ago\"";
    private static final String SICK = "\"State\":\"running\",\"Status\":\"Up 5 minutes (unhealthy)\"";
    private static final String WELL = "\"State\":\"running\",\"Status\":\"Up 5 minutes\"";
    private static final String RAN_OUT = "{\"State\":{\"ExitCode\":137,\"OOMKilled\":true}}";
    private static final Deadlines EIGHT_SECONDS = new Deadlines(
            Duration.ofSeconds(8),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofMillis(100));

    @TempDir
    private Path dir;

    private FakeEngine engine;

    /** The first call of a process loads classes for a second or more on a busy machine, of which no deadline is to be spent. */
    @BeforeAll
    static void loadClasses(@TempDir Path dir) throws IOException {
        try (FakeEngine engine = new FakeEngine(dir.resolve("docker.sock"))) {
            engine.answer(request -> reads(request, List.of(listed("killed", KILLED))));
            DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
            await(runtime.snapshot("c"));
            await(runtime.close());
        }
    }

    @BeforeEach
    void open() throws IOException {
        engine = new FakeEngine(dir.resolve("docker.sock"));
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static String listed(String id, String how) {
        return "{\"Id\":\"" + id + "\",\"Names\":[\"/" + id + "\"],\"Labels\":{\"knit.cluster\":\"c\"},\"Created\":1,"
                + how + "}";
    }

    private static Optional<String> reads(String request, List<String> containers) {
        return request.startsWith("GET /info")
                ? json(200, INFO)
                : request.startsWith("GET /containers/json")
                        ? json(200, "[" + String.join(",", containers) + "]")
                        : json(500, "{\"message\":\"layer does not exist\"}");
    }

    private List<ContainerSnapshot> seen(Deadlines deadlines) {
        DockerRuntime runtime = new DockerRuntime(engine.address(), deadlines);
        try {
            return await(runtime.snapshot("c")).containers();
        } finally {
            await(runtime.close());
        }
    }

    @Test
    @DisplayName("one that can't be inspected is shown as the list has it, beside all others")
    void refused() {
        List<String> all = List.of(listed("killed", KILLED), listed("sick", SICK), listed("well", WELL));
        engine.answer(request -> reads(request, all));
        List<ContainerSnapshot> seen = seen(Deadlines.defaults());
        assertThat(seen)
                .extracting(ContainerSnapshot::state)
                .containsExactly(ContainerState.EXITED, ContainerState.RUNNING, ContainerState.RUNNING);
        assertThat(seen.get(0).exitCode()).isEqualTo(137);
        assertThat(seen.get(0).exit()).isEqualTo("killed by signal 9 (SIGKILL), exit code 137");
        assertThat(seen.get(1).health()).isEqualTo(new ContainerHealth(Health.UNHEALTHY, "it failed"));
    }

    @Test
    @DisplayName(
            "an image that could not be inspected once is inspected again: what docker commit made is told from an instance's")
    void imageRefusedOnce() {
        String copy = of("dbg", ",\"knit.instance\":\"web-0-a\"");
        AtomicInteger asked = new AtomicInteger();
        engine.answer(request -> request.startsWith("GET /images/sha256:dbg/json") && asked.incrementAndGet() > 1
                ? json(200, "{\"Config\":{\"Labels\":{\"knit.instance\":\"web-0-a\"}}}")
                : reads(request, List.of(copy)));
        DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
        try {
            assertThat(await(runtime.snapshot("c")).containers()).hasSize(1);
            assertThat(await(runtime.snapshot("c")).containers()).isEmpty();
            assertThat(await(runtime.snapshot("c")).containers()).isEmpty();
            assertThat(asked).as("an answer is kept").hasValue(2);
        } finally {
            await(runtime.close());
        }
    }

    @Test
    @DisplayName(
            "an engine that is slow to say more of each is asked for as many as there is time for, and all are shown")
    void slow() {
        CountDownLatch never = new CountDownLatch(1);
        List<String> all = IntStream.range(0, 10)
                .mapToObj(n -> listed("killed-" + n, KILLED))
                .toList();
        engine.answer(request -> {
            if (!request.startsWith("GET /containers/killed-")) {
                return reads(request, all);
            }
            try {
                return never.await(1, TimeUnit.SECONDS) ? Optional.empty() : json(200, RAN_OUT);
            } catch (InterruptedException e) {
                return Optional.empty();
            }
        });
        List<ContainerSnapshot> seen = seen(EIGHT_SECONDS);
        assertThat(seen).hasSize(10).allMatch(container -> Integer.valueOf(137).equals(container.exitCode()));
        assertThat(seen.stream().map(ContainerSnapshot::exit).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("killed, out of memory", "killed by signal 9 (SIGKILL), exit code 137");
    }

    /** Its lock is held by something in the engine that has stopped. */
    private Optional<String> stuck(String request, List<String> all) {
        return request.startsWith("GET /containers/stuck") ? Optional.empty() : reads(request, all);
    }

    @Test
    @DisplayName("one on which the engine hangs hides no other, opens no circuit, and is left alone at the next looks")
    void hanging() {
        List<String> all = List.of(
                listed("stuck-sick", SICK),
                listed("stuck-killed", KILLED),
                listed("stuck-init", "\"State\":\"exited\",\"Status\":\"Exited (127) 5 minutes ago\""),
                listed("well", WELL),
                listed("sick", SICK));
        engine.answer(request -> request.startsWith("GET /containers/sick/json")
                ? json(200, "{\"State\":{\"Health\":{\"Log\":[{\"ExitCode\":7,\"Output\":\"no\"}]}}}")
                : stuck(request, all));
        DockerRuntime runtime = new DockerRuntime(engine.address(), EIGHT_SECONDS);
        try {
            for (int look = 0; look < 3; look++) {
                List<ContainerSnapshot> seen = await(runtime.snapshot("c")).containers();
                assertThat(seen).hasSize(5);
                assertThat(seen.get(0).health()).isEqualTo(new ContainerHealth(Health.UNHEALTHY, "it failed"));
                assertThat(seen.get(1).exitCode()).isEqualTo(137);
                assertThat(seen.get(2).exitCode()).isEqualTo(127);
            }
            // each of the three has cost one look its time
            List<ContainerSnapshot> seen = await(runtime.snapshot("c")).containers();
            assertThat(seen.get(4).health()).isEqualTo(new ContainerHealth(Health.UNHEALTHY, "exit code 7: no"));
            assertThat(engine.requests("GET /containers/stuck")).isEqualTo(3);
        } finally {
            await(runtime.close());
        }
        assertThat(engine.requests("GET /containers/json")).isEqualTo(4);
    }

    private static String of(String name, String labels) {
        return "{\"Id\":\"" + name + "\",\"Names\":[\"/" + name + "\"],\"ImageID\":\"sha256:" + name
                + "\",\"Labels\":{\"knit.cluster\":\"c\"" + labels + "},\"Created\":1," + WELL + "}";
    }

    @Test
    @DisplayName(
            "what people run of an image of docker commit is not shown, whether the original is there or not; what was only renamed is")
    void copies() {
        String web = ",\"knit.instance\":\"web-0-a\"";
        List<String> all = List.of(
                of("dbg", web),
                of("renamed", web),
                of("fixed", web),
                of("unknown", web),
                of("knit-web-0-a", web),
                of("work", ""));
        engine.answer(request -> request.startsWith("GET /images/sha256:dbg/")
                ? json(200, "{\"Config\":{\"Labels\":{\"knit.instance\":\"web-0-a\"}}}")
                : request.startsWith("GET /images/sha256:fixed/")
                        ? json(200, "{\"Config\":{\"Labels\":{\"knit.instance\":\"web-0-old\"}}}")
                        : request.startsWith("GET /images/sha256:renamed/")
                                ? json(200, "{\"Config\":{}}")
                                : request.startsWith("GET /images/sha256:unknown/")
                                        ? json(404, "{\"message\":\"No such image: sha256:unknown\"}")
                                        : reads(request, all));
        DockerRuntime runtime = new DockerRuntime(engine.address(), Deadlines.defaults());
        try {
            for (int look = 0; look < 3; look++) {
                assertThat(await(runtime.snapshot("c")).containers())
                        .extracting(ContainerSnapshot::name)
                        .containsExactly("renamed", "fixed", "unknown", "knit-web-0-a", "work");
            }
        } finally {
            await(runtime.close());
        }
        assertThat(engine.requests("GET /images/")).as("once for each image").isEqualTo(4);
    }
}
