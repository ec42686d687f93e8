package io.knit.plugin.docker;

import com.github.dockerjava.api.DockerClient;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Looks once for an engine; see {@link RequiresDocker}. */
final class DockerCondition implements ExecutionCondition {
    private static final Optional<String> MISSING = missing();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (MISSING.isEmpty()) {
            return ConditionEvaluationResult.enabled("a Docker Engine answers");
        }
        if ("1".equals(System.getenv("KNIT_REQUIRE_DOCKER"))) {
            throw new IllegalStateException(MISSING.get() + ", and KNIT_REQUIRE_DOCKER=1 demands it");
        }
        return ConditionEvaluationResult.disabled(MISSING.get());
    }

    private static Optional<String> missing() {
        if (!Files.isExecutable(TestImage.BUSYBOX)) {
            return Optional.of("no " + TestImage.BUSYBOX + " to make an image of (Debian: busybox-static)");
        }
        DockerClient client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        try {
            client.pingCmd().exec();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of("no Docker Engine answers at " + EngineAddress.DEFAULT);
        } finally {
            EngineClients.close(client);
        }
    }
}
