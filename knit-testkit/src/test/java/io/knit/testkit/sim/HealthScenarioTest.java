package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a whole fleet makes of checks and ends. */
class HealthScenarioTest {
    private static final RestartSpec THREE =
            new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(3)
                .health(HealthSpec.of(new TcpCheck(80)))
                .build();
    }

    private static long healthy(SimulatedFleet fleet) {
        return fleet.deployment("web").healthy();
    }

    private static long ofRevision(SimulatedFleet fleet, int revision) {
        return fleet.deployment("web").instances().stream()
                .filter(i -> i.revision() == revision && i.node() != null && i.isLive())
                .count();
    }

    @Test
    @DisplayName("an update replaces no second slot before the first one's successor is healthy")
    void anUpdateWaitsForChecks() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            assertThat(fleet.deploy(web("web:1")).instances()).allMatch(i -> i.health() == Health.HEALTHY);
            Instant up = fleet.queue().now().plusSeconds(8);
            fleet.hosts()
                    .forEach(host -> host.engine()
                            .script()
                            .checks(labels -> "2".equals(labels.get(KnitLabels.REVISION))
                                            && fleet.queue().now().isBefore(up)
                                    ? FakeCheck.FAILS
                                    : FakeCheck.PASSES));
            fleet.await(fleet.orchestrator().deploy(web("web:2")));
            fleet.runUntil(() -> ofRevision(fleet, 2) == 1);
            while (fleet.queue().now().isBefore(up)) {
                fleet.runFor(Duration.ofMillis(500));
                assertThat(ofRevision(fleet, 2)).isEqualTo(1);
                assertThat(healthy(fleet)).isEqualTo(3);
                assertThat(fleet.deployment("web").status()).isEqualTo(DeploymentStatus.DEPLOYING);
            }
            fleet.runUntil(() -> {
                assertThat(healthy(fleet)).isGreaterThanOrEqualTo(3);
                return fleet.deployment("web").status() == DeploymentStatus.RUNNING;
            });
            assertThat(ofRevision(fleet, 2)).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("a revision whose check never succeeds goes back by itself, and says why")
    void aBadRevisionGoesBack() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            List<String> before = fleet.deploy(web("web:1")).instances().stream()
                    .map(Instance::id)
                    .toList();
            // long enough to count as healthy everywhere
            fleet.runFor(Duration.ofSeconds(20));
            fleet.hosts()
                    .forEach(host -> host.engine()
                            .script()
                            .checks(labels ->
                                    "2".equals(labels.get(KnitLabels.REVISION)) ? FakeCheck.FAILS : FakeCheck.PASSES));
            fleet.await(fleet.orchestrator().deploy(web("web:2")));
            fleet.runUntil(() -> {
                assertThat(healthy(fleet)).isEqualTo(3);
                assertThat(ofRevision(fleet, 2)).isLessThanOrEqualTo(1);
                return fleet.deployment("web").deployment().revision() == 3;
            });
            fleet.runFor(Duration.ofMinutes(1));
            DeploymentView view = fleet.deployment("web");
            assertThat(view.deployment().spec().image()).isEqualTo("web:1");
            assertThat(view.instances()).extracting(Instance::id).containsExactlyElementsOf(before);
            assertThat(view.deployment().rollout().reason())
                    .startsWith("revision 2 failed: web-0-")
                    .contains("health check: ")
                    .endsWith("went back to revision 1");
        }
    }

    @Test
    @DisplayName("only a check that is new in a spec starts nothing anew")
    void aNewCheckIsTakenOver() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            DeploymentSpec plain =
                    DeploymentSpec.builder("web", "web:1").replicas(3).build();
            List<String> before =
                    fleet.deploy(plain).instances().stream().map(Instance::id).toList();
            fleet.await(fleet.orchestrator().deploy(web("web:1")));
            fleet.runUntil(() -> fleet.deployment("web").instances().stream()
                    .allMatch(i -> i.revision() == 2 && i.health() == Health.HEALTHY));
            assertThat(fleet.deployment("web").instances())
                    .extracting(Instance::id)
                    .containsExactlyElementsOf(before);
            assertThat(fleet.deployment("web").instances()).allMatch(i -> i.restarts() == 0);
        }
    }

    @Test
    @DisplayName("what is used up on one node is placed on another, and remembers why")
    void usedUpAttemptsGoElsewhere() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            DeploymentSpec once = DeploymentSpec.builder("web", "web:1")
                    .restart(THREE)
                    .health(HealthSpec.of(new TcpCheck(80))
                            .timed(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ZERO))
                    .build();
            String bad = only(fleet.deploy(once)).node();
            fleet.hosts().stream()
                    .filter(host -> host.name().equals(bad))
                    .forEach(host -> host.engine().script().checks(labels -> FakeCheck.FAILS));
            fleet.runUntil(() -> fleet.deployment("web").instances().stream()
                    .anyMatch(
                            i -> i.isHealthy() && i.node() != null && !i.node().equals(bad)));
            assertThat(fleet.deployment("web").instances())
                    .filteredOn(Instance::isHealthy)
                    .allMatch(i -> String.valueOf(i.tried()).contains("restart.attempts, 2 within 5m, are used up"));
        }
    }

    @Test
    @DisplayName("what a node's engine refuses to start again and again is placed on another, and remembers why")
    void refusedStartsGoElsewhere() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            String bad = fleet.hosts().get(0).name();
            fleet.hosts()
                    .get(0)
                    .engine()
                    .script()
                    .faults(call -> call == EngineCall.START
                            ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                            : EngineFault.NONE);
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("web", "web:1")
                            .replicas(3)
                            .restart(THREE)
                            .build()));
            fleet.runUntil(() -> healthy(fleet) == 3);
            assertThat(fleet.deployment("web").instances())
                    .filteredOn(Instance::isHealthy)
                    .noneMatch(i -> bad.equals(i.node()))
                    .anyMatch(i -> String.valueOf(i.tried()).contains("restart.attempts, 2 within 5m, are used up"));
        }
    }

    @Test
    @DisplayName("what failed on one node after the other, ran well for ten minutes and fails begins anew")
    void beginsAnewAfterHealth() {
        try (SimulatedFleet fleet = SimulatedFleet.of(4)) {
            AtomicBoolean up = new AtomicBoolean();
            fleet.hosts()
                    .forEach(host ->
                            host.engine().script().checks(labels -> up.get() ? FakeCheck.PASSES : FakeCheck.FAILS));
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("web", "web:1")
                            .health(HealthSpec.of(new TcpCheck(80))
                                    .timed(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ofSeconds(1)))
                            .restart(THREE)
                            .build()));
            fleet.runUntil(() -> newest(fleet).attempt() == 3);
            up.set(true);
            fleet.runUntil(() -> newest(fleet).isHealthy());
            Instance well = newest(fleet);
            fleet.runFor(Duration.ofMinutes(11));
            assertThat(newest(fleet).id()).isEqualTo(well.id());

            up.set(false);
            fleet.runUntil(() -> !newest(fleet).id().equals(well.id()));
            assertThat(newest(fleet).attempt()).isEqualTo(1);
            assertThat(newest(fleet).avoid()).containsExactly(well.node());
            fleet.runUntil(() -> newest(fleet).attempt() == 2);
            assertThat(newest(fleet).avoid()).hasSize(2);
        }
    }

    private static Instance newest(SimulatedFleet fleet) {
        return fleet.deployment("web").instances().stream()
                .max(Comparator.comparing(Instance::createdAt))
                .orElseThrow();
    }

    @Test
    @DisplayName("what has done its work stays as it ended, until another container is wanted")
    void whatIsCompleteStays() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            RestartSpec onFailure =
                    new RestartSpec(RestartSpec.Condition.ON_FAILURE, Duration.ofSeconds(1), 0, Duration.ofMinutes(5));
            DeploymentSpec task = DeploymentSpec.builder("web", "web:1")
                    .args(List.of("exit 0"))
                    .restart(onFailure)
                    .build();
            fleet.await(fleet.orchestrator().deploy(task));
            fleet.runUntil(() ->
                    fleet.deployment("web").instances().stream().anyMatch(i -> i.state() == InstanceState.FAILED));
            fleet.runFor(Duration.ofMinutes(5));
            Instance over = only(fleet.deployment("web"));
            assertThat(over.failing()).isFalse();
            assertThat(over.reason()).contains("exit code 0", "on_failure");
            assertThat(fleet.deployment("web").status()).isEqualTo(DeploymentStatus.RUNNING);

            DeploymentSpec next = DeploymentSpec.builder("web", "web:2")
                    .args(List.of("exit 0"))
                    .restart(onFailure)
                    .build();
            fleet.await(fleet.orchestrator().deploy(next));
            fleet.runUntil(() -> fleet.deployment("web").instances().stream()
                    .anyMatch(i -> i.revision() == 2 && i.state() == InstanceState.FAILED));
        }
    }

    private static Instance only(DeploymentView view) {
        assertThat(view.instances()).hasSize(1);
        return view.instances().get(0);
    }
}
