package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.testkit.runtime.FakeEngine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is started first, and whose predecessor has what it needs. */
class StartFirstTest {
    private static final Update RULES = Update.DEFAULT
            .withOrder(UpdateOrder.START_FIRST)
            .withMinHealthy(Duration.ofSeconds(5))
            .withDeadlines(Duration.ofMinutes(5), Duration.ofMinutes(30));

    private final SmallFleet fleet = new SmallFleet();
    private final FakeEngine engine = fleet.agent("n1", "eu");

    private static DeploymentSpec web(String image, String does) {
        return DeploymentSpec.builder("web", image)
                .args(List.of(does))
                .port(new PortSpec(null, 8080, 80, Protocol.TCP))
                .update(RULES)
                .build();
    }

    private List<Integer> revisions() {
        return fleet.instances("web").stream().map(Instance::revision).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4_000, 9_700, 20_300, 61_000, 61_500, 62_000, 130_000})
    @DisplayName("what does not stay up gives way to what can't be placed beside it")
    void failingGivesWay(int after) {
        engine.lifetimes(() -> Duration.ofMillis(400));
        fleet.deploy(web("web:1", "exit 7"));
        fleet.runMillis(after);
        fleet.deploy(web("web:2", "sleep"));
        fleet.run(60);

        assertThat(revisions()).containsExactly(2);
        assertThat(fleet.instances("web")).allMatch(Instance::isHealthy);
        fleet.run(10);
        assertThat(fleet.view("web").deployment().rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    @DisplayName("what works runs on, however long that takes")
    void workingStays() {
        fleet.deploy(web("web:1", "sleep"));
        fleet.run(60);
        String first = fleet.instances("web").get(0).id();
        fleet.deploy(web("web:2", "sleep"));
        fleet.run(600);

        assertThat(revisions()).containsExactlyInAnyOrder(1, 2);
        assertThat(engine.history().starts(labels -> true)).isEqualTo(1);

        fleet.agent("n2", "eu");
        fleet.run(60);
        assertThat(revisions()).containsExactly(2);
        assertThat(fleet.instances("web")).noneMatch(it -> it.id().equals(first));
    }
}
