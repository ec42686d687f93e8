package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.api.model.StartTimes;
import io.knit.core.wire.InstanceStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an instance wrote last before it failed, in its status. */
class FailedOutputTest {
    private final SmallFleet fleet = new SmallFleet();

    private @Nullable String output() {
        return fleet.instances("sum").get(0).lastOutput();
    }

    @Test
    @DisplayName(
            "one that ends again and again says it while it waits and while it runs again, also when agent and server begin anew")
    void ofACrashLoop() {
        fleet.agent("n1", "eu");
        fleet.deploy(DeploymentSpec.builder("sum", "web:1")
                .args(List.of("echo can't read /etc/web; exit 3"))
                .build());
        fleet.run(2);
        for (int second = 0; second < 30; second++) {
            fleet.run(1);
            assertThat(output()).endsWith("can't read /etc/web");
        }
        fleet.restartServer();
        fleet.run(5);
        assertThat(output()).endsWith("can't read /etc/web");
        fleet.restartAgent("n1");
        fleet.run(60);
        assertThat(output()).endsWith("can't read /etc/web");
    }

    @Test
    @DisplayName("a failed job says the last lines alone, without control characters; one that succeeds says nothing")
    void ofAJob() {
        fleet.agent("n1", "eu");
        StringBuilder script = new StringBuilder();
        for (int i = 1; i <= 30; i++) {
            script.append("echo \u001b[2Jline ").append(i).append("; ");
        }
        fleet.deploy(DeploymentSpec.builder("sum", "web:1")
                .args(List.of(script + "exit 3"))
                .job(new JobSpec(1, 1, 0, null))
                .build());
        fleet.run(20);
        assertThat(fleet.instances("sum").get(0).state()).isEqualTo(InstanceState.FAILED);
        assertThat(output()).contains("[2Jline 21\n").endsWith("line 30").doesNotContain("\u001b");
        assertThat(String.valueOf(output()).lines()).hasSize(10);
        fleet.deploy(DeploymentSpec.builder("fine", "web:1")
                .args(List.of("echo well; exit 0"))
                .job(new JobSpec(1, 1, 0, null))
                .build());
        for (int second = 0; second < 20; second++) {
            fleet.run(1);
            assertThat(fleet.instances("fine")).extracting(Instance::lastOutput).allMatch(Objects::isNull);
        }
    }

    @Test
    @DisplayName("what a node says is bounded and made harmless again; a node that says nothing leaves it unknown")
    void ofOthers() {
        ScriptedAgent other = new ScriptedAgent(fleet.bus.connect("n1"), "n1");
        other.cluster = fleet.server.snapshot().cluster();
        other.beat();
        fleet.run(1);
        fleet.deploy(DeploymentSpec.builder("sum", "web:1").build());
        String id = fleet.instances("sum").get(0).id();
        other.report(new InstanceStatus(id, Long.MAX_VALUE - 1, InstanceState.RUNNING, "ended", 0, true));
        fleet.run(1);
        assertThat(output()).isNull();
        other.report(new InstanceStatus(
                id,
                Long.MAX_VALUE,
                InstanceState.RUNNING,
                "ended",
                0,
                true,
                Health.NONE,
                StartTimes.UNKNOWN,
                null,
                null,
                "\u001b[2J" + "many\n".repeat(100_000),
                null));
        fleet.run(1);
        assertThat(output()).isEqualTo("many" + "\nmany".repeat(9));
    }
}
