package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to one engine. Each call gets its own: that costs half a millisecond, no connection is stale after the engine
 * was restarted, no stream takes a connection that a call waits for, and closing the client ends a call that hangs, which on a
 * unix socket no timeout of the HTTP client does. Thread-safe.
 */
public final class EngineClients {
    private static final Logger LOG = LoggerFactory.getLogger(EngineClients.class);

    /** For tcp; a unix socket connects at once or not at all. */
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final EngineAddress address;

    public EngineClients(EngineAddress address) {
        this.address = address;
    }

    public EngineAddress address() {
        return address;
    }

    /** Opens nothing yet: the connection is made by the first request. Close with {@link #close}. */
    public DockerClient open() {
        return DockerClientImpl.getInstance(
                new EngineClientConfig(address.uri()),
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(address.uri())
                        .connectionTimeout(CONNECT)
                        .build());
    }

    /** Ends the client's connections; what waits for an answer on another thread fails. */
    public static void close(DockerClient client) {
        try {
            client.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("A connection to the Docker Engine did not close cleanly", e);
        }
    }
}
