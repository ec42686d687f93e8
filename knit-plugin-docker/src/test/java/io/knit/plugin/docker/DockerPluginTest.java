package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.Role;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerPluginTest {
    @TempDir
    private Path dir;

    @Test
    void theClassPathHasOneRuntimeNamedDocker() {
        assertThat(ServiceLoader.load(KnitPlugin.class))
                .flatExtracting(KnitPlugin::factories)
                .filteredOn(factory -> factory.spi() == ContainerRuntime.class)
                .extracting(PluginFactory::name)
                .containsExactly("docker");
    }

    @Test
    void aRuntimeIsMadeWhileItsEngineIsAway() {
        String host = "unix://" + dir.resolve("absent.sock");
        ContainerRuntime runtime = await(create(host));
        assertThat(failure(runtime.snapshot("c")))
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE))
                .hasMessageContaining(host);
        await(runtime.close());
    }

    @Test
    void aHostThatIsNoneFailsTheStart() {
        assertThat(failure(create("ssh://elsewhere")).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }

    private Future<ContainerRuntime> create(String host) {
        Vertx vertx = Vertx.vertx();
        PluginContext context = new PluginContext(Role.AGENT, "n1", vertx, dir);
        return new DockerRuntimeFactory()
                .create(PluginConfig.of(Map.of(DockerPlugin.DOCKER_HOST, host)), context)
                .eventually(vertx::close);
    }
}
