package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.engine.Work;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Removes a container, killing it if it runs. Throws {@link NotFoundException} if it is not there. */
public final class ContainerRemoval implements Work<Boolean> {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String containerId;

    public ContainerRemoval(String containerId) {
        this.containerId = containerId;
    }

    @Override
    public Boolean run(DockerClient client) throws InterruptedIOException {
        try {
            client.removeContainerCmd(containerId)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (ConflictException e) {
            if (!EngineErrors.message(e).contains("already in progress")) {
                throw e;
            }
            awaitGone(client);
        }
        return true;
    }

    /** Somebody else removes it; ends at the latest when the call's deadline closes the connection. */
    private void awaitGone(DockerClient client) throws InterruptedIOException {
        while (!Thread.currentThread().isInterrupted()) {
            client.inspectContainerCmd(containerId).exec();
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        throw new InterruptedIOException("interrupted");
    }
}
