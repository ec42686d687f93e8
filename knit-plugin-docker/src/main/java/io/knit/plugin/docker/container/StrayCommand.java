package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectExecResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
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
        if (state.getExitCodeLong() != null
                || pid == null
                || pid <= 1
                || isEnded(pid, containerId, StrayCommand::kill)) {
            return;
        }
        LOG.warn(
                "a command in container {} goes on, though nobody waits for it, and can't be ended from here; it ends with its container",
                ContainerCreation.shortId(containerId));
    }

    /** @param kill whether that process has gone, or goes now */
    static boolean isEnded(long pid, String containerId, Predicate<ProcessHandle> kill) {
        try {
            // the engine may run on another host, or in another namespace, where that number is somebody else
            return Files.readString(Path.of("/proc", String.valueOf(pid), "cgroup"))
                            .contains(containerId)
                    && ProcessHandle.of(pid).map(kill::test).orElse(true);
        } catch (IOException e) {
            LOG.trace("the process of a command can't be looked at", e);
            return false;
        }
    }

    /** An agent without the right to it is told so by no exception. */
    static boolean kill(ProcessHandle process) {
        return process.destroyForcibly() || !process.isAlive();
    }
}
