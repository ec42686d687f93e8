package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;

/** Asks the engine something on a connection of its own, on a thread that may block. */
@FunctionalInterface
public interface Work<T> {
    T run(DockerClient client) throws Exception;
}
