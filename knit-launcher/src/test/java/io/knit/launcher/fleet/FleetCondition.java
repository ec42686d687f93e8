package io.knit.launcher.fleet;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Looks for what {@code scripts/fleet} needs; see {@link RequiresFleet}. */
final class FleetCondition implements ExecutionCondition {
    private static final List<String> PROGRAMS =
            List.of("dockerd", "docker", "ip", "nsenter", "iptables", "busybox", "curl", "pgrep");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> missing = missing();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("hosts can be made");
        }
        if ("1".equals(System.getenv("KNIT_REQUIRE_DOCKER"))) {
            throw new IllegalStateException(missing.get() + ", and KNIT_REQUIRE_DOCKER=1 demands it");
        }
        return ConditionEvaluationResult.disabled(missing.get());
    }

    private static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("no Docker Engine can be started in a network namespace without root");
        }
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/sbin:/sbin";
        return PROGRAMS.stream()
                .filter(program -> Stream.of(path.split(File.pathSeparator))
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, program))))
                .findFirst()
                .map(program ->
                        "no Docker Engine can be started in a network namespace without the program " + program);
    }
}
