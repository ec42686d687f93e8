package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example against an engine that needs no Docker; broker, database and all else are the real ones. */
class EmbeddedServerTest {
    @TempDir
    Path data;

    @Test
    void deploysAndUndeploys() {
        List<String> events = new CopyOnWriteArrayList<>();
        try (ThreadLoop loop = new ThreadLoop("engine")) {
            FakeEngine engine = new FakeEngine("engine", loop).withImage("nginx:alpine");
            EmbeddedServer example = new EmbeddedServer(
                    KnitServer.builder().dataDir(data.resolve("server")),
                    KnitAgent.builder().dataDir(data.resolve("agent")).runtime(new FakeRuntime(engine, loop)),
                    events::add);

            Futures.await(example.run(
                    DeploymentSpec.builder("hello", "nginx:alpine").port(80).build()));

            assertThat(engine.containers()).isEmpty();
        }
        assertThat(events)
                .anyMatch(event -> event.contains("deployment.created"))
                .anyMatch(event -> event.contains("instance.running"))
                .anyMatch(event -> event.contains("deployment.deleted"));
    }

    @Test
    void aSecondAgentInTheSameFolderIsRefusedAtOnce() {
        try (ThreadLoop loop = new ThreadLoop("engine")) {
            FakeRuntime runtime = new FakeRuntime(new FakeEngine("engine", loop), loop);
            KnitAgent first = agent(runtime);
            KnitAgent second = agent(runtime);
            try {
                Futures.await(first.start());
                assertThat(Futures.failure(second.start()).code()).isEqualTo(ErrorCode.IN_USE);
            } finally {
                Futures.await(second.close());
                Futures.await(first.close());
            }
        }
    }

    /** No broker is where it looks: an agent starts without one. */
    private KnitAgent agent(FakeRuntime runtime) {
        return KnitAgent.builder()
                .dataDir(data.resolve("agent"))
                .runtime(runtime)
                .config("nats-url", "nats://127.0.0.1:1")
                .build();
    }
}
