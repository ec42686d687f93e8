package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.testkit.runtime.FakeCheck;
import io.knit.testkit.runtime.FakeEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rollouts that a server begins and another one, on the same store, goes on with, while the agents go on. */
class RolloutRestartTest {
    private static final Update CANARY =
            Update.DEFAULT.withMinHealthy(Duration.ofSeconds(5)).withCanary(1, false);
    private static final Update IMPATIENT = Update.DEFAULT
            .withMinHealthy(Duration.ofSeconds(5))
            .withDeadlines(Duration.ofMinutes(4), Duration.ofMinutes(8))
            .withFailures(OnFailure.PAUSE, 0);

    private final SmallFleet fleet = new SmallFleet();
    private FakeEngine first;
    private FakeEngine second;

    @BeforeEach
    void twoNodes() {
        // of what is checked nothing ever gets healthy
        first = fleet.agent("n1", "eu");
        second = fleet.agent("n2", "us");
        first.script().checks(labels -> FakeCheck.FAILS);
        second.script().checks(labels -> FakeCheck.FAILS);
    }

    private static DeploymentSpecBuilder web(String image, Update update) {
        return DeploymentSpec.builder("web", image).replicas(3).update(update);
    }

    private void healthy(Update update) {
        fleet.deploy(web("web:1", update).build());
        fleet.run(60);
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    @DisplayName("a canary that waits for its promotion waits on when its node's agent is started anew")
    void agentOfACanary() {
        HealthSpec look = HealthSpec.of(List.of("look"));
        Map<String, FakeEngine> engines = Map.of("n1", first, "n2", second);
        engines.values().forEach(it -> it.script().checks(labels -> FakeCheck.PASSES));
        fleet.deploy(web("web:1", CANARY).health(look).build());
        fleet.run(60);
        fleet.deploy(web("web:2", CANARY).health(look).build());
        fleet.run(600);
        Rollout waits = rollout();
        assertThat(waits.phase()).isEqualTo(Phase.CANARY);
        String node = Objects.requireNonNull(fleet.instances("web").stream()
                .filter(it -> it.revision() == 2)
                .findFirst()
                .orElseThrow()
                .node());

        // its first check takes a while
        Objects.requireNonNull(engines.get(node)).script().checks(labels -> FakeCheck.HANGS);
        fleet.restartAgent(node);
        assertThat(fleet.instances("web")).allMatch(Instance::isHealthy);
        engines.get(node).script().checks(labels -> FakeCheck.PASSES);
        fleet.run(60);
        assertThat(rollout()).isEqualTo(waits);
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L, 2, 1L));
    }

    private Rollout rollout() {
        return fleet.view("web").deployment().rollout();
    }

    private Map<Integer, Long> byRevision() {
        return fleet.instances("web").stream()
                .collect(Collectors.groupingBy(Instance::revision, Collectors.counting()));
    }

    @Test
    @DisplayName("a canary waits for its promotion over two restarts, as the record says, and the promotion is obeyed")
    void canary() {
        healthy(CANARY);
        fleet.deploy(web("web:2", CANARY).build());
        fleet.run(40);
        Rollout waits = rollout();
        assertThat(waits.phase()).isEqualTo(Phase.CANARY);

        fleet.restartServer();
        fleet.run(3600);
        fleet.restartServer();
        fleet.run(60);
        assertThat(rollout()).isEqualTo(waits);
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L, 2, 1L));

        fleet.server.promote("web");
        fleet.run(1);
        fleet.restartServer();
        fleet.run(90);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().healthy()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "auto_promote: a canary that is begun by one server and healthy under the next is followed by the others")
    void autoPromote() {
        Update rules = CANARY.withCanary(1, true).withMinHealthy(Duration.ofSeconds(20));
        healthy(rules);
        fleet.deploy(web("web:2", rules).build());
        fleet.run(5);
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(rollout().promoted()).isFalse();
        fleet.restartServer();
        fleet.run(30);
        assertThat(rollout().promoted()).isTrue();
        fleet.restartServer();
        fleet.run(90);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    @DisplayName("a pause under way outlives the server: nothing more is replaced until it is resumed")
    void pause() {
        Update rules = Update.DEFAULT.withMinHealthy(Duration.ofSeconds(20));
        healthy(rules);
        fleet.deploy(web("web:2", rules).build());
        fleet.server.pause("web");
        fleet.run(40);
        Map<Integer, Long> paused = byRevision();
        assertThat(paused).containsKey(1);
        fleet.restartServer();
        fleet.run(1800);
        assertThat(byRevision()).isEqualTo(paused);
        assertThat(rollout().isUnderWay()).isTrue();
        fleet.server.resume("web");
        fleet.run(120);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    @DisplayName("healthy_deadline counts on under the next server, and does not begin anew")
    void healthyDeadline() {
        healthy(IMPATIENT);
        fleet.deploy(web("web:2", IMPATIENT)
                .health(HealthSpec.of(List.of("check"))
                        .timed(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ofHours(1)))
                .build());
        fleet.run(180);
        fleet.restartServer();
        fleet.run(40);
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        fleet.run(60);
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(rollout().reason()).contains("it is not healthy after 4m");
        fleet.restartServer();
        fleet.run(600);
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(byRevision().get(1)).isGreaterThanOrEqualTo(2);
    }

    @Test
    @DisplayName("progress_deadline counts on under the next server, and does not begin anew")
    void progressDeadline() {
        healthy(IMPATIENT);
        // no node has that label
        fleet.deploy(web("web:2", IMPATIENT).nodeSelector("region", "mars").build());
        fleet.run(420);
        fleet.restartServer();
        fleet.run(40);
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        fleet.run(60);
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(rollout().reason()).contains("made no progress within 8m");
        assertThat(byRevision().get(1)).isEqualTo(3);
    }
}
