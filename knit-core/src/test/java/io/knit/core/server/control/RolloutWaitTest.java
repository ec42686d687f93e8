package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.core.server.state.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a rollout waits for, and how long: promotions, somebody who resumes it, health, room; also where clocks are set meanwhile. */
class RolloutWaitTest extends RolloutStage {
    @Test
    void aPausedDeploymentIsNotReplacedAndMakesNoHaste() {
        healthyWith(3, FAST);
        run(new Command.Pause("web", null));
        deploy(spec("web:2", FAST, 3));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L));
        pass(Duration.ofHours(1));
        step(List.of(), Set.of("web"));
        assertThat(web().revision()).as("no progress is no failure meanwhile").isEqualTo(2);
        run(new Command.Resume("web", null));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void whatNoNodeTakesMakesNoProgressSinceTheLastSlotThatWasDone() {
        PortSpec fixed = new PortSpec(null, 8080, 80, Protocol.TCP);
        deploy(DeploymentSpec.builder("web", "web:1")
                .replicas(4)
                .port(fixed)
                .update(FAST)
                .build());
        settle();
        assertThat(rollout().reason()).isEqualTo("revision 1 made no progress within 10m");
        assertThat(Duration.between(NOW, now)).isEqualTo(Duration.ofMinutes(10).plusSeconds(5));
        assertThat(byRevision()).as("it goes on all the same").isEqualTo(Map.of(1, 4L));

        step(List.of(new Change.PutNode(node("n4", Map.of()))), Set.of());
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void canariesGoFirstAndTheOthersWaitForThePromotion() {
        Update rules = FAST.withCanary(2, false);
        healthyWith(5, rules);
        deploy(spec("web:2", rules, 5));
        settle();

        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(rollout().reason()).isEqualTo("2 canaries are healthy; the others wait until it is promoted");
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L, 2, 2L));

        run(new Command.Promote("web", null));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 5L));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void canariesCanPromoteThemselves() {
        Update rules = FAST.withCanary(1, true);
        healthyWith(3, rules);
        deploy(spec("web:2", rules, 3));
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void aRolloutWithoutProgressFails() {
        healthyWith(2, FAST);
        // fits nowhere
        deploy(DeploymentSpec.builder("web", "web:2")
                .replicas(2)
                .nodeSelector("zone", "moon")
                .update(FAST)
                .build());
        assertThat(web().revision()).isEqualTo(2);
        assertThat(fewest).isEqualTo(2);
        settle();

        assertThat(web().revision()).isEqualTo(3);
        assertThat(rollout().reason()).startsWith("revision 2 made no progress within 10m");
        assertThat(byRevision()).isEqualTo(Map.of(3, 2L));
        assertThat(fewest).isEqualTo(2);
    }

    @ParameterizedTest(name = "of a first revision: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("one that works for a while, fails, and works again makes progress the first time only")
    void oneThatComesAndGoes(boolean first) {
        Update rules = FAST.withDeadlines(Duration.ofHours(1), Duration.ofMinutes(10));
        step(List.of(new Change.PutNode(node("n4", Map.of("zone", "moon")))), Set.of());
        if (!first) {
            healthyWith(2, rules);
        }
        deploy(DeploymentSpec.builder("web", "web:2")
                .replicas(2)
                .nodeSelector("zone", "moon")
                .maxPerNode(1)
                .update(rules)
                .build());
        Instant begun = state.served();
        for (int turn = 0; turn < 40 && !rollout().reason().contains("no progress"); turn++) {
            says(true);
            passing(Duration.ofSeconds(20));
            says(false);
            passing(Duration.ofSeconds(20));
        }
        assertThat(rollout().reason()).startsWith("revision " + (first ? 1 : 2) + " made no progress within 10m");
        assertThat(Duration.between(begun, state.served())).isEqualTo(Duration.ofSeconds(first ? 600 : 640));
    }

    /** What the one that found a node says of its health, if it is there yet. */
    private void says(boolean healthy) {
        instances().stream().filter(it -> "n4".equals(it.node())).findFirst().ifPresent(it -> says(it, healthy));
    }

    private void says(Instance one, boolean healthy) {
        Observed known = one.observed();
        Health health = healthy ? Health.HEALTHY : Health.UNHEALTHY;
        Observed said = new Observed(
                        InstanceState.RUNNING, "", 0, false, known.seq() + 1, known.since(), health, Instant.EPOCH)
                .wellFor(known.wellFor());
        Observed with = healthy ? said.healthySince(state.served()) : said.wellFor(known.longestWell(state.served()));
        step(List.of(new Change.PutObserved(one.id(), with)), Set.of());
    }

    /** With each moment that the controller asked for. */
    private void passing(Duration time) {
        Instant end = state.served().plus(time);
        while (alarms.values().stream().anyMatch(at -> !at.isAfter(end))) {
            goOn();
        }
        pass(Duration.between(state.served(), end));
    }

    @Test
    void whatNeverGetsHealthyFails() {
        Update rules = FAST.withDeadlines(Duration.ofSeconds(30), Duration.ofMinutes(10));
        healthyWith(2, rules);
        Instant begun = now;
        deploy(spec("web:2", rules, 2));
        Instance next =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        step(
                List.of(new Change.PutObserved(
                        next.id(),
                        new Observed(InstanceState.RUNNING, "", 0, false, 2, now, Health.STARTING, Instant.EPOCH))),
                Set.of());
        settle();

        assertThat(web().revision()).isEqualTo(3);
        assertThat(rollout().reason()).contains("it is not healthy after 30s");
        assertThat(Duration.between(begun, now)).isLessThan(Duration.ofMinutes(1));
    }

    /** Neither healthy nor failed: it starts. */
    private void starts(Instance instance) {
        Observed starting = new Observed(InstanceState.RUNNING, "", 0, false, 2, now, Health.STARTING, Instant.EPOCH);
        step(List.of(new Change.PutObserved(instance.id(), starting)), Set.of());
    }

    @ParameterizedTest
    @ValueSource(longs = {60, -60, 100_000})
    void aClockThatIsSetEndsNoDeadline(long minutes) {
        Update rules = FAST.withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(60));
        healthyWith(2, rules);
        deploy(spec("web:2", rules, 2));
        Instance next =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        pass(Duration.ofSeconds(10));
        now = now.plus(Duration.ofMinutes(minutes));
        starts(next);
        pass(Duration.ofSeconds(19));
        step(List.of(), Set.of("web"));
        assertThat(web().revision()).as("its deadline of 30 s is not over").isEqualTo(2);
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L, 2, 1L));
        pass(Duration.ofSeconds(1));
        step(List.of(), Set.of("web"));
        assertThat(rollout().reason()).contains("it is not healthy after 30s");
    }

    @ParameterizedTest
    @ValueSource(longs = {60, -60})
    void aClockThatIsSetMakesNobodyWaitLongerOrLess(long minutes) {
        healthyWith(2, FAST);
        Instance failed = instances().get(0);
        broken.add(2);
        step(
                List.of(new Change.PutObserved(
                        failed.id(), new Observed(InstanceState.FAILED, "ended", 9, true, 2, now))),
                Set.of());
        now = now.plus(Duration.ofMinutes(minutes));
        Instant before = state.served();
        settle();
        assertThat(instances()).allMatch(Instance::isHealthy).hasSize(2);
        assertThat(Duration.between(before, state.served())).isLessThan(Duration.ofSeconds(10));
    }
}
