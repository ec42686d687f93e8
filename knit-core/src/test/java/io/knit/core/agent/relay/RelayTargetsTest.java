package io.knit.core.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RelayTargetsTest {
    private final List<String> said = new ArrayList<>();
    private final RelayTargets.Load load =
            new RelayTargets.Load(3, it -> said.add(it + " left"), () -> said.add("full"));
    private final RelayTargets targets = new RelayTargets(load);
    private final RelayTarget a = new RelayTarget("a", "10.0.0.1", 80, false);
    private final RelayTarget b = new RelayTarget("b", "10.0.0.2", 80, false);

    @Test
    void connectionsAreSpread() {
        targets.are(List.of(a, b));
        assertThat(List.of(targets.next(Set.of()), targets.next(Set.of()))).containsExactlyInAnyOrder(a, b);
        assertThat(targets.next(Set.of(a))).isEqualTo(b);
        assertThat(load.of("a")).isEqualTo(1);
        assertThat(load.of("b")).isEqualTo(2);
    }

    @Test
    void whoHasNoneAnyMoreIsTold() {
        targets.are(List.of(a));
        targets.next(Set.of());
        targets.next(Set.of());
        targets.ended(a);
        assertThat(said).isEmpty();
        targets.ended(a);
        assertThat(said).containsExactly("a left");
    }

    @Test
    void moreThanTheMostAreRefusedUntilOneIsOver() {
        targets.are(List.of(a));
        RelayTargets others = new RelayTargets(load);
        others.are(List.of(b));
        for (int i = 0; i < 3; i++) {
            assertThat((i == 0 ? targets : others).next(Set.of())).isNotNull();
        }
        assertThat(targets.next(Set.of())).isNull();
        assertThat(said).containsExactly("full");
        targets.ended(a);
        assertThat(others.next(Set.of())).isEqualTo(b);
    }

    @Test
    void nobodyIsGivenAnythingOnceTakenOff() {
        assertThat(targets.next(Set.of())).isNull();
        targets.are(List.of(a));
        targets.are(List.of());
        assertThat(targets.next(Set.of())).isNull();
        assertThat(load.of("a")).isZero();
    }
}
