package io.knit.plugin.docker;

import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.contract.ContainerRuntimeContract;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
class DockerContractTest extends ContainerRuntimeContract {
    private static TestEngine engine;

    @TempDir
    private Path dir;

    private FakeEngine silent;

    @BeforeAll
    static void makeImage() throws IOException {
        engine = new TestEngine();
    }

    @AfterAll
    static void removeImage() {
        engine.close();
    }

    @BeforeEach
    void openSilentEngine() throws IOException {
        silent = new FakeEngine(dir.resolve("silent.sock"));
    }

    @AfterEach
    void closeSilentEngine() throws IOException {
        silent.close();
    }

    @Override
    protected Future<? extends ContainerRuntime> open() {
        return Future.succeededFuture(
                new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults()));
    }

    @Override
    protected Future<? extends ContainerRuntime> openSilent() {
        return Future.succeededFuture(new DockerRuntime(silent.address(), FakeEngine.SHORT));
    }

    @Override
    protected String image() {
        return engine.image;
    }
}
