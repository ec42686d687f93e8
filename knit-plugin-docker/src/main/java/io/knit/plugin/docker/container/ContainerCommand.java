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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command in a container; one that takes too long is ended where it can be. */
public final class ContainerCommand implements Work<ExecResult> {
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
        StrayCommand.end(client, exec, containerId);
        throw new KnitException(
                ErrorCode.RUNTIME_REFUSED, "did not end within " + Durations.text(timeout) + " and was killed");
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
