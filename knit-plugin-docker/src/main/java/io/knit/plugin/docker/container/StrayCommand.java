package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectExecResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command in a container for which nobody waits any more. The engine ends none that it began, so it is killed by its process id, where
 * that is this container's beyond doubt; where it can't be, it ends with its container.
 */
public final class StrayCommand {
    private static final Logger LOG = LoggerFactory.getLogger(StrayCommand.class);

    private StrayCommand() {}

    /** Nothing if it has ended. */
    public static void end(DockerClient client, String exec, String containerId) {
        InspectExecResponse state = client.inspectExecCmd(exec).exec();
        Long pid = state.getPidLong();
        if (state.getExitCodeLong() != null || pid == null || pid <= 1) {
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
                "a command in container {} goes on, though nobody waits for it, and can't be ended from here; it ends with its container",
                ContainerCreation.shortId(containerId));
    }
}
