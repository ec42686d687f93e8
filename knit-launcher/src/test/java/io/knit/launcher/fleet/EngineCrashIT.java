package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.fleet.Fleet.Container;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other moments, and the engine's end. */
@RequiresFleet
class EngineCrashIT extends CrashContract {
    EngineCrashIT() {
        super(1);
    }

    @Test
    void theEngineKilledUnderTenRunningContainers() {
        NAMES.forEach(this::deploy);
        awaitEachRunsOnce();
        Map<String, Container> before = running();

        fleet.crashEngine(1);

        awaitEachRunsOnce();
        assertThat(running().values())
                .as("the engine ended them all; each was started anew")
                .doesNotContainAnyElementsOf(before.values());
    }
}
