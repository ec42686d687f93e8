package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.CronSpec.Overlap;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.JobRun.Phase;
import io.knit.api.model.JobSpec;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a whole fleet makes of what runs by the clock. */
class CronScenarioTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static DeploymentSpec report(CronSpec cron, JobSpec job) {
        return DeploymentSpec.builder("report", "report:1")
                .args(List.of("exit 0"))
                .cron(cron)
                .job(job)
                .build();
    }

    private static SimulatedFleet fleet(Duration length) {
        SimulatedFleet fleet = SimulatedFleet.of(3);
        fleet.hosts().forEach(host -> host.engine().lifetimes(() -> length));
        return fleet;
    }

    private static CronRuns runs(SimulatedFleet fleet) {
        return Objects.requireNonNull(fleet.deployment("report").deployment().cron());
    }

    private static List<Instant> dues(SimulatedFleet fleet) {
        return runs(fleet).runs().stream().map(CronRun::due).toList();
    }

    /** Instances whose container was started, in the order of their hosts. */
    private static List<String> started(SimulatedFleet fleet) {
        return fleet.hosts().stream()
                .flatMap(host -> host.engine().eventsAfter(0).stream())
                .filter(event -> event.kind() == EngineEvent.Kind.STARTED)
                .map(event -> String.valueOf(event.labels().get(KnitLabels.INSTANCE)))
                .toList();
    }

    private static List<String> told(SimulatedFleet fleet, String type) {
        return fleet.orchestrator().eventsAfter(0).stream()
                .filter(event -> event.type().equals(type))
                .map(KnitEvent::message)
                .toList();
    }

    @Test
    @DisplayName("a run whose attempts can't begin ends, and the next one is not left out for it")
    void cannotBegin() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(1))) {
            fleet.hosts()
                    .forEach(host -> host.engine()
                            .script()
                            .faults(call -> call == EngineCall.START
                                    ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                                    : EngineFault.NONE));
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("* * * * *").withHistory(20), new JobSpec(1, 1, 0, null))));
            fleet.runFor(Duration.ofSeconds(150));

            assertThat(runs(fleet).runs()).hasSize(2).allMatch(run -> run.run().phase() == Phase.FAILED);
            assertThat(told(fleet, "run.skipped")).isEmpty();
        }
    }

    @Test
    @DisplayName("who deploys what mends it waits for no run")
    void mended() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(1))) {
            JobSpec once = new JobSpec(1, 1, 0, null);
            DeploymentSpec broken = DeploymentSpec.builder("report", "report:0")
                    .args(List.of("exit 3"))
                    .cron(CronSpec.of("* * * * *"))
                    .job(once)
                    .build();
            fleet.await(fleet.orchestrator().deploy(broken));
            fleet.runFor(Duration.ofSeconds(100));
            assertThat(fleet.deployment("report").status()).isEqualTo(DeploymentStatus.DEGRADED);

            fleet.await(fleet.orchestrator().deploy(report(CronSpec.of("* * * * *"), once)));
            assertThat(fleet.await(fleet.orchestrator().awaitRunning("report", Duration.ofSeconds(1)))
                            .deployment()
                            .revision())
                    .isEqualTo(2);
        }
    }

    @Test
    @DisplayName("each time is run once though server and agents end and start around it")
    void isRunOnce() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(15))) {
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("* * * * *").withHistory(20), new JobSpec(2, 2, 0, null))));
            Instant first = runs(fleet).after();
            List<Instant> expected = new ArrayList<>();
            for (int turn = 0; turn < 6; turn++) {
                fleet.runFor(Duration.ofSeconds(46));
                fleet.server().kill();
                fleet.killAgent("node-" + turn % 3);
                fleet.runFor(Duration.ofSeconds(10));
                fleet.server().start();
                fleet.startAgent("node-" + turn % 3);
                fleet.runUntil(() -> fleet.server().running().isPresent()
                        && fleet.server().snapshot().isPresent());
            }
            fleet.runUntil(() -> runs(fleet).underWay().isEmpty()
                    && runs(fleet).runs().size() >= 5
                    && fleet.deployment("report").instances().isEmpty());
            for (CronRun run : runs(fleet).runs()) {
                assertThat(run.run().phase()).isEqualTo(Phase.COMPLETED);
                assertThat(run.run().completed()).containsExactly(0, 1);
                expected.add(run.due());
            }
            assertThat(expected).doesNotHaveDuplicates().isSorted();
            for (int i = 0; i < expected.size(); i++) {
                Instant minute = Instant.ofEpochSecond(first.getEpochSecond() / 60 * 60 + 60L * (i + 1));
                assertThat(expected.get(i)).as("none is left out").isEqualTo(minute);
            }
            assertThat(started(fleet)).hasSize(2 * expected.size()).doesNotHaveDuplicates();
            fleet.runUntil(() -> fleet.hosts().stream()
                    .allMatch(host -> host.engine().containers().isEmpty()));
        }
    }

    @ParameterizedTest(name = "by {0} min")
    @ValueSource(longs = {60, -60, 7, -7})
    @DisplayName("no clock that is set has a time run twice")
    void clocksSet(long minutes) {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(5))) {
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("*/5 * * * *").withHistory(20), JobSpec.DEFAULT)));
            fleet.runFor(Duration.ofMinutes(11));
            fleet.server().setClock(Duration.ofMinutes(minutes));
            fleet.runFor(Duration.ofMinutes(3));
            fleet.server().setClock(Duration.ZERO);
            fleet.runFor(Duration.ofMinutes(70));
            fleet.server().setClock(Duration.ofMinutes(minutes));
            fleet.runFor(Duration.ofMinutes(70));
            fleet.runUntil(() -> runs(fleet).underWay().isEmpty());
            assertThat(dues(fleet)).doesNotHaveDuplicates().isSorted();
            assertThat(started(fleet))
                    .hasSizeGreaterThan(10)
                    .hasSize(told(fleet, "run.begun").size())
                    .doesNotHaveDuplicates();
            assertThat(told(fleet, "run.begun")).doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("a node that dies in a run costs it no retry, and is not counted when it is back")
    void nodeDies() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(40))) {
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("*/5 * * * *").withHistory(20), new JobSpec(1, 1, 0, null))));
            fleet.runUntil(() -> started(fleet).size() == 1);
            String node = Objects.requireNonNull(
                    fleet.deployment("report").instances().get(0).node());
            fleet.killAgent(node);
            fleet.runUntil(
                    () -> runs(fleet).underWay().isEmpty() && !dues(fleet).isEmpty());
            CronRun run = runs(fleet).runs().get(0);
            assertThat(run.run().phase()).isEqualTo(Phase.COMPLETED);
            assertThat(run.run().failures()).isZero();
            assertThat(started(fleet)).hasSize(2);
            fleet.startAgent(node);
            fleet.runFor(MINUTE);
            assertThat(runs(fleet).of(run.due())).isEqualTo(run);
            assertThat(fleet.deployment("report").instances()).isEmpty();
        }
    }

    @Test
    @DisplayName("while a run is under way: forbid leaves the next time out, and says so")
    void forbid() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(100))) {
            fleet.await(fleet.orchestrator().deploy(report(CronSpec.of("* * * * *"), JobSpec.DEFAULT)));
            fleet.runFor(MINUTE.multipliedBy(5));
            assertThat(told(fleet, "run.skipped"))
                    .isNotEmpty()
                    .allSatisfy(words -> assertThat(words)
                            .startsWith("report: ")
                            .endsWith("is still under way, and cron.overlap is forbid"));
            assertThat(told(fleet, "run.completed")).isNotEmpty();
        }
    }

    @Test
    @DisplayName("while a run is under way: replace stops it before the next begins")
    void replace() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(100))) {
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("* * * * *").withOverlap(Overlap.REPLACE), JobSpec.DEFAULT)));
            fleet.runFor(MINUTE.multipliedBy(5));
            assertThat(told(fleet, "run.replaced")).hasSizeGreaterThan(2);
            assertThat(told(fleet, "run.completed")).isEmpty();
            List<EngineEvent> all = fleet.hosts().stream()
                    .flatMap(host -> host.engine().eventsAfter(0).stream())
                    .sorted(java.util.Comparator.comparing(EngineEvent::at))
                    .toList();
            int running = 0;
            for (EngineEvent event : all) {
                running += event.kind() == EngineEvent.Kind.STARTED ? 1 : 0;
                running -= event.kind() == EngineEvent.Kind.ENDED ? 1 : 0;
                assertThat(running).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("while a run is under way: allow has both")
    void allow() {
        try (SimulatedFleet fleet = fleet(Duration.ofSeconds(100))) {
            fleet.await(fleet.orchestrator()
                    .deploy(report(CronSpec.of("* * * * *").withOverlap(Overlap.ALLOW), JobSpec.DEFAULT)));
            fleet.runUntil(() -> runs(fleet).underWay().size() == 2);
            fleet.runUntil(() -> fleet.deployment("report").healthy() == 2);
            fleet.runUntil(() -> told(fleet, "run.completed").size() == 2);
        }
    }
}
