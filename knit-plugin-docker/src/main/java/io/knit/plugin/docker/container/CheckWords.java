package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.model.Container;
import io.knit.api.model.Health;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.plugin.docker.engine.Asides;
import io.knit.plugin.docker.engine.EngineErrors;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an engine says of the check of a container's image: the list has it in its status text, the words of one that failed it has not. */
final class CheckWords {
    private static final int MOST = 200;
    private static final String FAILED = "it failed";

    private CheckWords() {}

    /**
     * Null: it has none, or does not run.
     *
     * @param more by which the engine is asked for more than the list has
     */
    static @Nullable ContainerHealth of(Asides.Round more, Container container) {
        String status = container.getStatus() == null ? "" : container.getStatus();
        if (status.endsWith("(health: starting)")) {
            return new ContainerHealth(Health.STARTING, "");
        }
        if (status.endsWith("(healthy)")) {
            return new ContainerHealth(Health.HEALTHY, "");
        }
        return status.endsWith("(unhealthy)")
                ? new ContainerHealth(Health.UNHEALTHY, words(more, container.getId()))
                : null;
    }

    private static String words(Asides.Round more, String container) {
        return Objects.requireNonNullElse(more.ask(container, client -> words(client, container), FAILED), FAILED);
    }

    private static String words(DockerClient client, String container) {
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
    }
}
