package io.knit.plugin.docker;

import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginFactory;
import io.knit.plugin.docker.engine.EngineAddress;
import java.util.List;

/** Brings the container runtime {@code docker}. Its one setting is {@value #DOCKER_HOST}. */
public final class DockerPlugin implements KnitPlugin {
    /** Where the engine listens: {@code unix:///var/run/docker.sock} (the default) or {@code tcp://host:port}. */
    public static final String DOCKER_HOST = EngineAddress.SETTING;

    @Override
    public List<PluginFactory<?>> factories() {
        return List.of(new DockerRuntimeFactory());
    }
}
