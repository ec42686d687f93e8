package io.knit.plugin.docker;

import io.knit.api.error.KnitException;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.vertx.core.Future;

/**
 * Makes the runtime without waiting for the engine: an agent starts before its engine, too, and every call says what is missing until the engine is there.
 */
final class DockerRuntimeFactory implements PluginFactory<ContainerRuntime> {
    @Override
    public Class<ContainerRuntime> spi() {
        return ContainerRuntime.class;
    }

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public Future<ContainerRuntime> create(PluginConfig config, PluginContext context) {
        try {
            String host = config.get(DockerPlugin.DOCKER_HOST, EngineAddress.DEFAULT);
            DockerRuntime runtime = new DockerRuntime(EngineAddress.parse(host), Deadlines.defaults());
            runtime.askAhead();
            return Future.succeededFuture(runtime);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
    }
}
