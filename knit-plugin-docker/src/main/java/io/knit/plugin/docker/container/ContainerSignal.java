package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.WaitResponse;
import io.knit.plugin.docker.engine.Work;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a container by a signal of its own, and kills it after the grace time. Engines before API 1.42 know of no signal when they are asked to
 * stop one, so it is sent, waited for, and only then is it killed. Throws {@link NotFoundException} if it is not there.
 */
public final class ContainerSignal implements Work<Boolean> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerSignal.class);

    private final String containerId;
    private final String signal;
    private final Duration grace;

    public ContainerSignal(String containerId, String signal, Duration grace) {
        this.containerId = containerId;
        this.signal = signal;
        this.grace = grace;
    }

    @Override
    public Boolean run(DockerClient client) throws InterruptedException {
        try {
            client.killContainerCmd(containerId).withSignal(signal).exec();
        } catch (NotFoundException e) {
            throw e;
        } catch (ConflictException e) {
            // it does not run
            return true;
        } catch (DockerException e) {
            LOG.warn("{} can't be sent {}, and is stopped as its image says: {}", containerId, signal, e.getMessage());
            return new ContainerStop(containerId, grace).run(client);
        }
        ResultCallback.Adapter<WaitResponse> end = new ResultCallback.Adapter<>();
        if (!client.waitContainerCmd(containerId).exec(end).awaitCompletion(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            kill(client);
        }
        return true;
    }

    private void kill(DockerClient client) {
        try {
            client.killContainerCmd(containerId).exec();
        } catch (ConflictException e) {
            LOG.trace("{} ended just now", containerId);
        }
    }
}
