package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.PartSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.sim.host.SimulatedHost;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a whole fleet makes of jobs. */
class JobScenarioTest {
    private static DeploymentSpec job(String command, JobSpec job) {
        return DeploymentSpec.builder("sum", "sum:1")
                .args(List.of(command))
                .job(job)
                .build();
    }

    private static JobRun run(SimulatedFleet fleet) {
        return Objects.requireNonNull(fleet.deployment("sum").deployment().run());
    }

    /** In the order in which they ended. */
    private static List<String> cleanEnds(SimulatedFleet fleet) {
        return fleet.hosts().stream()
                .flatMap(host -> host.engine().eventsAfter(0).stream())
                .filter(event ->
                        event.kind() == EngineEvent.Kind.ENDED && event.detail().startsWith("exit code 0"))
                .map(event -> String.valueOf(event.labels().get(KnitLabels.INSTANCE)))
                .toList();
    }

    private static List<String> types(SimulatedFleet fleet) {
        return fleet.orchestrator().eventsAfter(0).stream().map(KnitEvent::type).toList();
    }

    @Test
    @DisplayName("a job is counted once though server and agents end and start while its attempts do")
    void isCountedOnce() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.hosts().forEach(host -> host.engine().lifetimes(() -> Duration.ofSeconds(7)));
            fleet.await(fleet.orchestrator().deploy(job("exit 0", new JobSpec(9, 3, 0, null))));
            for (int turn = 0; turn < 6; turn++) {
                fleet.runFor(Duration.ofMillis(2_700));
                fleet.server().kill();
                fleet.killAgent("node-" + turn % 3);
                // attempts end meanwhile, and nobody says so
                fleet.runFor(Duration.ofMillis(4_500));
                fleet.server().start();
                fleet.startAgent("node-" + turn % 3);
                fleet.runUntil(() -> fleet.server().running().isPresent()
                        && fleet.server().snapshot().isPresent());
            }
            fleet.runUntil(() -> fleet.deployment("sum").status() == DeploymentStatus.COMPLETED);

            assertThat(run(fleet).completed()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(run(fleet).failures()).isZero();
            assertThat(cleanEnds(fleet)).as("nothing was run twice").hasSize(9).doesNotHaveDuplicates();
            fleet.runUntil(() -> fleet.hosts().stream()
                    .allMatch(host -> host.engine().containers().isEmpty()));
            assertThat(fleet.deployment("sum").instances()).isEmpty();
        }
    }

    @Test
    @DisplayName("an attempt that the engine does not start has failed, and the job with the last of them")
    void cannotBegin() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.hosts()
                    .forEach(host -> host.engine()
                            .script()
                            .faults(call -> call == EngineCall.START
                                    ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                                    : EngineFault.NONE));
            fleet.await(fleet.orchestrator().deploy(job("exit 0", new JobSpec(1, 1, 1, null))));
            fleet.runFor(Duration.ofMinutes(1));

            assertThat(run(fleet).phase()).isEqualTo(JobRun.Phase.FAILED);
            assertThat(run(fleet).failures()).isEqualTo(2);
            assertThat(run(fleet).reason())
                    .endsWith(": the test's engine fails START on purpose; job.retries, 1, are used up");
            assertThat(types(fleet)).contains("deployment.failed");
            assertThat(fleet.deployment("sum").instances()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "an attempt that its agent had stopped before it ran, as no server was heard, has not failed though the agent was started anew since")
    void silencedBeforeItRan() {
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            SimulatedHost host = fleet.hosts().get(0);
            host.engine().lifetimes(() -> Duration.ofHours(1));
            DeploymentSpec spec = DeploymentSpec.builder("sum", "sum:1")
                    .args(List.of("exit 0"))
                    .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                    .disconnect(new DisconnectSpec(
                            Duration.ofHours(1), Duration.ofMinutes(5), DisconnectSpec.Reconcile.NEWEST_HEALTHY))
                    .job(new JobSpec(1, 1, 0, null))
                    .build();
            fleet.await(fleet.orchestrator().deploy(spec));
            fleet.runUntil(() -> !host.engine().containers().isEmpty());
            fleet.runFor(Duration.ofSeconds(10));
            fleet.bus().cut("node-0");
            fleet.runUntil(() -> host.engine().containers().isEmpty());
            fleet.killAgent("node-0");
            fleet.startAgent("node-0");
            host.engine().lifetimes(() -> Duration.ofSeconds(20));
            fleet.runFor(Duration.ofSeconds(10));
            fleet.bus().heal("node-0");
            fleet.runUntil(() -> fleet.deployment("sum").status() == DeploymentStatus.COMPLETED);

            assertThat(run(fleet).failures()).isZero();
        }
    }

    @Test
    @DisplayName("who waits for it is answered when it has completed, and people are told")
    void completes() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.hosts().forEach(host -> host.engine().lifetimes(() -> Duration.ofSeconds(20)));
            fleet.await(fleet.orchestrator().deploy(job("exit 0", JobSpec.DEFAULT)));
            fleet.await(fleet.orchestrator().awaitRunning("sum", Duration.ofMinutes(1)));

            assertThat(run(fleet).phase()).isEqualTo(JobRun.Phase.COMPLETED);
            assertThat(types(fleet))
                    .contains("instance.completed", "deployment.completed")
                    .doesNotContain("instance.failed");
        }
    }

    @Test
    @DisplayName("one that fails says how, and who waits is told")
    void fails() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.await(fleet.orchestrator().deploy(job("exit 3", new JobSpec(1, 1, 2, null))));
            assertThatThrownBy(() -> fleet.await(fleet.orchestrator().awaitRunning("sum", Duration.ofMinutes(5))))
                    .isInstanceOf(KnitException.class)
                    .hasMessageContaining("ended with exit code 3")
                    .hasMessageEndingWith("; job.retries, 2, are used up");
            assertThat(fleet.deployment("sum").status()).isEqualTo(DeploymentStatus.FAILED);
            Optional<KnitEvent> told = fleet.orchestrator().eventsAfter(0).stream()
                    .filter(event -> event.type().equals("deployment.failed"))
                    .findFirst();
            assertThat(told)
                    .hasValueSatisfying(event -> assertThat(event.message()).startsWith("sum failed: sum-0-"));
            assertThat(fleet.deployment("sum").instances()).hasSize(1);
        }
    }
}
