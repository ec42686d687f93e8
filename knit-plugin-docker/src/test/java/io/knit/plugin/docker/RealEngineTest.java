package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A runtime on the real engine, and an image and a cluster of the test class' own. */
@RequiresDocker
abstract class RealEngineTest {
    static TestEngine engine;
    DockerRuntime runtime;

    @BeforeAll
    static void makeImage() throws IOException {
        engine = new TestEngine();
    }

    @AfterAll
    static void removeImage() {
        engine.close();
    }

    @BeforeEach
    void open() {
        runtime = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
    }

    @AfterEach
    void close() {
        await(runtime.snapshot(engine.cluster))
                .containers()
                .forEach(container -> await(runtime.remove(container.id(), Duration.ZERO)));
        await(runtime.close());
    }

    String run(String instance, String... busybox) {
        String id = await(runtime.create(engine.spec(instance, busybox)));
        await(runtime.start(id));
        return id;
    }

    String publish(String instance, int port) {
        return await(runtime.create(engine.spec(
                instance, List.of(new PortBinding("127.0.0.1", port, 80, Protocol.TCP)), List.of(), "sleep", "1000")));
    }

    ContainerSnapshot seen(String id) {
        return await(runtime.snapshot(engine.cluster)).containers().stream()
                .filter(container -> container.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return free.getLocalPort();
        }
    }
}
