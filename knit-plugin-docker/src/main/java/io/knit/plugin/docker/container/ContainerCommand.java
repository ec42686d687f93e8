package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.model.Frame;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Durations;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.plugin.docker.engine.Work;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a command in a container. The engine ends no command that it began, so one that takes too long is killed by its process id, where
 * that is this container's beyond doubt; where it can't be, it ends with its container.
 */
public final class ContainerCommand implements Work<ExecResult> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerCommand.class);
    private static final int MOST_OUTPUT = 4096;

    private final String containerId;
    private final List<String> command;
    private final Duration timeout;

    public ContainerCommand(String containerId, List<String> command, Duration timeout) {
        this.containerId = containerId;
        this.command = List.copyOf(command);
        this.timeout = timeout;
    }

    @Override
    public ExecResult run(DockerClient client) throws Exception {
        String exec = client.execCreateCmd(containerId)
                .withCmd(command.toArray(String[]::new))
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        Output output = new Output();
        boolean ended =
                client.execStartCmd(exec).exec(output).awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS);
        InspectExecResponse state = client.inspectExecCmd(exec).exec();
        Long code = state.getExitCodeLong();
        if (ended && code != null) {
            return new ExecResult(code.intValue(), output.text());
        }
        output.close();
        kill(state.getPidLong());
        throw new KnitException(
                ErrorCode.RUNTIME_REFUSED, "did not end within " + Durations.text(timeout) + " and was killed");
    }

    private void kill(@Nullable Long pid) {
        if (pid == null || pid <= 1) {
            return;
        }
        try {
            // the engine may run on another host, or in another namespace, where that number is somebody else
            if (Files.readString(Path.of("/proc", pid.toString(), "cgroup")).contains(containerId)) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                return;
            }
        } catch (IOException e) {
            LOG.trace("the process of a command can't be looked at", e);
        }
        LOG.warn(
                "a command in container {} took longer than {} and can't be ended from here; it ends with its container",
                ContainerCreation.shortId(containerId),
                Durations.text(timeout));
    }

    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void onNext(Frame frame) {
            byte[] payload = frame.getPayload();
            int room = MOST_OUTPUT - bytes.size();
            bytes.write(payload, 0, Math.min(Math.max(room, 0), payload.length));
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
