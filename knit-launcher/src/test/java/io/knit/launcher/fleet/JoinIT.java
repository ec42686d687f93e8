package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code knit join} over a real sshd, whose host is a copy of this system in namespaces of its own. */
@RequiresFleet
class JoinIT {
    private static final Duration MOST = Duration.ofMinutes(5);
    private static final int CANNOT = 77;

    @Test
    @DisplayName(
            "a host without an engine becomes a node, takes work, is joined again, and is kept from another cluster")
    void aHostJoins() {
        Shell check = Shell.run(
                Map.of(), List.of(Fleet.HOME.resolve("scripts/join-check").toString()), MOST);
        Assumptions.assumeTrue(check.exitCode() != CANNOT, check.output());
        assertThat(check.orFail()).endsWith("==> A host joined");
    }
}
