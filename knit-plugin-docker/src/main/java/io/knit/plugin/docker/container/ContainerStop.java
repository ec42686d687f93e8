package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import io.knit.plugin.docker.engine.Work;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a container within its grace time. Throws {@link NotFoundException} if it is not there. */
public final class ContainerStop implements Work<Boolean> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerStop.class);

    private final String containerId;
    private final int graceSeconds;

    /** @param grace rounded up to seconds, which is all that the engine knows */
    public ContainerStop(String containerId, Duration grace) {
        this.containerId = containerId;
        this.graceSeconds = (int) Math.min(Integer.MAX_VALUE, (grace.toMillis() + 999) / 1000);
    }

    @Override
    public Boolean run(DockerClient client) {
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
        return true;
    }
}
