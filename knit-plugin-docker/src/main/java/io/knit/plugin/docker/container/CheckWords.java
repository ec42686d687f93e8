package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import io.knit.api.model.Health;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.plugin.docker.engine.EngineErrors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an engine says of the check of a container's image: the list has it in its status text, the words of one that failed it has not. */
final class CheckWords {
    private static final int MOST = 200;
    private static final String FAILED = "it failed";

    private CheckWords() {}

    /**
     * Null: it has none, or does not run.
     *
     * @param ask whether the engine may be asked for more than the list has
     */
    static @Nullable ContainerHealth of(DockerClient client, Container container, boolean ask) {
        String status = container.getStatus() == null ? "" : container.getStatus();
        if (status.endsWith("(health: starting)")) {
            return new ContainerHealth(Health.STARTING, "");
        }
        if (status.endsWith("(healthy)")) {
            return new ContainerHealth(Health.HEALTHY, "");
        }
        return status.endsWith("(unhealthy)")
                ? new ContainerHealth(Health.UNHEALTHY, ask ? words(client, container.getId()) : FAILED)
                : null;
    }

    private static String words(DockerClient client, String container) {
        try {
            HealthState health =
                    client.inspectContainerCmd(container).exec().getState().getHealth();
            List<HealthStateLog> log = health == null ? null : health.getLog();
            if (log == null || log.isEmpty()) {
                return FAILED;
            }
            HealthStateLog last = log.get(log.size() - 1);
            String output = last.getOutput() == null
                    ? ""
                    : EngineErrors.oneLine(last.getOutput().strip());
            String said = output.length() <= MOST ? output : output.substring(0, MOST) + "…";
            return "exit code " + last.getExitCodeLong() + (said.isEmpty() ? "" : ": " + said);
        } catch (DockerException e) {
            return FAILED;
        }
    }
}
