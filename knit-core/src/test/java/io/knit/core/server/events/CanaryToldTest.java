package io.knit.core.server.events;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who promotes what is told as healthy promotes what is. */
class CanaryToldTest {
    private static final Deployment WEB = deployment(
            2, spec("web").update(Update.DEFAULT.withCanary(1, false)).build());
    private static final Rollout MOVING = Rollout.NONE.begin(1, NOW, NOW);
    private static final Rollout HEALTHY = MOVING.progressed(1, NOW).in(Phase.CANARY, "1 canary is healthy", NOW);
    private static final Rollout AWAY = MOVING.away(List.of("n1")).in(Phase.CANARY, "canary n1 (down) is away", NOW);

    private static List<String> told(Rollout before, Rollout after) {
        ClusterState state = state(List.of(), List.of(WEB.with(before)), List.of());
        List<Change> changes = List.of(new Change.PutDeployment(WEB.with(after)));
        return new EventLog(List.of(), 0)
                .derive(state, Step.of(state, changes), NOW, Duration.ZERO).stream()
                        .map(KnitEvent::message)
                        .toList();
    }

    @Test
    @DisplayName("canaries are told as they are healthy, also after one was away; that one is away is told of its node")
    void canaries() {
        assertThat(told(MOVING, HEALTHY)).containsExactly("web: 1 canary is healthy");
        assertThat(told(AWAY, HEALTHY)).containsExactly("web: 1 canary is healthy");
        assertThat(told(MOVING, AWAY)).isEmpty();
        assertThat(told(HEALTHY, AWAY)).isEmpty();
        assertThat(told(AWAY, MOVING)).isEmpty();
        assertThat(told(HEALTHY, HEALTHY.failing(1))).isEmpty();
    }
}
