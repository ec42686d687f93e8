package io.knit.core.server.alive;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.Unsteady;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlappingTest {
    private @Nullable Unsteady known;
    private Instant served = NOW;

    private Node n1(NodeState state) {
        return node("n1", Map.of()).with(new NodeJudgement(state, "", NOW, List.of(), known));
    }

    /** Down for that long, then back; says for how long it takes no work, which is null where it does. */
    private @Nullable Duration back(Duration down) {
        served = served.plus(down);
        known = Flapping.heard(n1(NodeState.DOWN), served);
        Instant until = Objects.requireNonNull(known).heldUntil();
        return until == null ? null : Duration.between(served, until);
    }

    @Test
    void whoWasDownOnceWasRestarted() {
        assertThat(back(Duration.ofMinutes(3))).isNull();
        assertThat(Flapping.words(known)).isEmpty();
        assertThat(n1(NodeState.READY).takesWork()).isTrue();
    }

    @Test
    void eachTimeMoreItStaysUpTwiceAsLongFirstAndAtMostFiveMinutes() {
        assertThat(back(Duration.ofSeconds(20))).isNull();
        for (int seconds : List.of(30, 60, 120, 240, 300, 300)) {
            assertThat(back(Duration.ofSeconds(20))).isEqualTo(Duration.ofSeconds(seconds));
            assertThat(n1(NodeState.READY).takesWork()).isFalse();
        }
        assertThat(Flapping.words(known))
                .isEqualTo(
                        "it went down 7 times, each within 15m after it was back, and takes no new work until it stayed up for 5m");
    }

    @Test
    void whoStayedUpForAQuarterOfAnHourBeginsAnew() {
        back(Duration.ofSeconds(20));
        back(Duration.ofSeconds(20));
        assertThat(back(Flapping.WITHIN)).isNull();
        assertThat(Objects.requireNonNull(known).downs()).isEqualTo(1);
    }

    @Test
    void whatIsSaidWhileItIsUpChangesNothing() {
        back(Duration.ofSeconds(20));
        back(Duration.ofSeconds(20));
        assertThat(Flapping.heard(n1(NodeState.READY), served.plusSeconds(3))).isEqualTo(known);
        assertThat(Flapping.heard(n1(NodeState.SUSPECT), served.plusSeconds(3))).isEqualTo(known);
        assertThat(Flapping.heard(null, served)).isNull();
    }
}
