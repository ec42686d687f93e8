package io.knit.plugin.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a container within its grace time and removes it. Throws {@link NotFoundException} if it is not there. */
final class ContainerRemoval implements Work<Boolean> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRemoval.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String containerId;
    private final int graceSeconds;

    /** @param grace rounded up to seconds, which is all that the engine knows; zero kills at once */
    ContainerRemoval(String containerId, Duration grace) {
        this.containerId = containerId;
        this.graceSeconds = (int) Math.min(Integer.MAX_VALUE, (grace.toMillis() + 999) / 1000);
    }

    @Override
    public Boolean run(DockerClient client) throws InterruptedIOException {
        if (graceSeconds > 0) {
            stop(client);
        }
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

    private void stop(DockerClient client) {
        try {
            client.stopContainerCmd(containerId).withTimeout(graceSeconds).exec();
        } catch (NotFoundException e) {
            throw e;
        } catch (NotModifiedException e) {
            LOG.trace("{} had ended", containerId);
        } catch (DockerException e) {
            // the removal kills it, or says why it can't
            LOG.debug("{} could not be stopped", containerId, e);
        }
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
