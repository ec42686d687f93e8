package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.core.wire.InstanceStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With which exit code an instance ended, as its agent says it. */
class ExitCodeTest {
    private final SmallFleet fleet = new SmallFleet();

    private static DeploymentSpec job(String script) {
        return DeploymentSpec.builder("sum", "web:1")
                .args(List.of(script))
                .job(new JobSpec(1, 1, 0, null))
                .build();
    }

    private @Nullable Integer code() {
        return fleet.instances("sum").get(0).exitCode();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 255})
    @DisplayName("a failed attempt's stays known, also when agent and server begin anew")
    void ofAJob(int exitCode) {
        fleet.agent("n1", "eu");
        fleet.deploy(job("exit " + exitCode));
        fleet.run(20);
        assertThat(fleet.instances("sum").get(0).state()).isEqualTo(InstanceState.FAILED);
        assertThat(code()).isEqualTo(exitCode);
        fleet.restartAgent("n1");
        fleet.restartServer();
        fleet.run(20);
        assertThat(code()).isEqualTo(exitCode);
    }

    @Test
    @DisplayName("there is none while it runs, nor while it waits to be started again")
    void notYet() {
        fleet.agent("n1", "eu");
        fleet.deploy(
                DeploymentSpec.builder("sum", "web:1").args(List.of("exit 3")).build());
        for (int second = 0; second < 30; second++) {
            fleet.run(1);
            assertThat(code()).isNull();
        }
        assertThat(fleet.instances("sum").get(0).restarts()).isPositive();
    }

    @Test
    @DisplayName("an agent that says nothing of it leaves it unknown, never 0")
    void olderAgent() {
        ScriptedAgent old = new ScriptedAgent(fleet.bus.connect("n1"), "n1");
        old.cluster = fleet.server.snapshot().cluster();
        old.beat();
        fleet.run(1);
        fleet.deploy(DeploymentSpec.builder("sum", "web:1").build());
        Instance placed = fleet.instances("sum").get(0);
        old.report(new InstanceStatus(placed.id(), Long.MAX_VALUE, InstanceState.FAILED, "ended", 0, true));
        fleet.run(1);
        assertThat(fleet.instances("sum"))
                .filteredOn(one -> one.id().equals(placed.id()))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.observed().state()).isEqualTo(InstanceState.FAILED);
                    assertThat(one.exitCode()).isNull();
                });
    }
}
