package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.plugin.docker.engine.Deadlines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
@EnabledIf(value = "io.knit.plugin.docker.EngineProcess#possible", disabledReason = "an engine of one's own needs root")
class EngineKillTest {
    @Test
    void afterTheEngineWasKilledItsContainersAreSeenAsEndedAndStartAgain(@TempDir Path dir) throws Exception {
        try (EngineProcess process = new EngineProcess(Files.createDirectories(dir.resolve("engine")))) {
            DockerRuntime runtime = new DockerRuntime(process.address(), Deadlines.defaults());
            TestEngine engine = new TestEngine(process.address());
            AtomicInteger told = new AtomicInteger();
            runtime.onChange(told::incrementAndGet);
            String id = await(runtime.create(engine.spec("web", "sleep", "1000")));
            await(runtime.start(id));
            String made = await(runtime.create(engine.spec("made", "sleep", "1000")));

            int alive = told.get();
            process.kill();
            // it is said at once; before that was so it took 27 s, until the next of the looks that are taken every
            // half a minute
            Awaitility.await("that the engine is gone is told")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> told.get() > alive);
            assertThat(failure(runtime.snapshot(engine.cluster)).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
            process.start();

            List<ContainerSnapshot> after =
                    await(runtime.snapshot(engine.cluster)).containers();
            assertThat(after).hasSize(2);
            assertThat(after).filteredOn(container -> container.id().equals(id)).allSatisfy(ended -> {
                assertThat(ended.state()).isEqualTo(ContainerState.EXITED);
                assertThat(ended.exit()).startsWith("killed by signal ");
            });
            assertThat(after)
                    .filteredOn(container -> container.id().equals(made))
                    .allMatch(container -> container.state() == ContainerState.CREATED);

            await(runtime.start(id));
            await(runtime.remove(id, Duration.ofSeconds(2)));
            await(runtime.remove(made, Duration.ZERO));
            assertThat(await(runtime.snapshot(engine.cluster)).containers()).isEmpty();
            await(runtime.close());
            engine.close();
        }
    }

    @Test
    void aFrozenEngineEndsCallsByTheirDeadlinesAndIsUsedAgainWhenItThaws(@TempDir Path dir) throws Exception {
        try (EngineProcess process = new EngineProcess(Files.createDirectories(dir.resolve("engine")))) {
            DockerRuntime runtime = new DockerRuntime(process.address(), FakeEngine.SHORT);
            TestEngine engine = new TestEngine(process.address());
            String id = await(runtime.create(engine.spec("web", "sleep", "1000")));
            process.freeze();
            assertThat(failure(runtime.start(id))).hasMessageContaining("did not answer");
            assertThat(failure(runtime.snapshot(engine.cluster)).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
            process.thaw();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    await(runtime.snapshot(engine.cluster)).containers())
                            .hasSize(1));
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                await(runtime.start(id));
                await(runtime.remove(id, Duration.ZERO));
            });
            await(runtime.close());
            engine.close();
        }
    }
}
