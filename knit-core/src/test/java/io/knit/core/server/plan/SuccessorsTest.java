package io.knit.core.server.plan;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuccessorsTest {
    private static final Instant DAY = NOW.plusSeconds(3_600);
    private static final Successors WEB =
            new Successors(deployment(1, spec("web").build()), new Numbered(1), DAY, NOW, ids());

    /** The seventh in a row, by a node that had not been asked yet, and what became of it there. */
    private static Instance seventh(InstanceState end, Duration wellFor) {
        Instance seventh = Instance.pending("web-0-a", "web", 1, 0, 6, List.of("n3", "n2"), NOW, "", NOW);
        return on("n1", seventh, end)
                .with(new Observed(end, "exit code 1", 0, end == InstanceState.FAILED, 9, NOW).wellFor(wellFor));
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"FAILED", "REJECTED"})
    @DisplayName(
            "what was healthy for ten minutes where it was is followed by one that begins anew, and goes elsewhere first")
    void anew(InstanceState end) {
        for (Duration wellFor : List.of(Duration.ofMinutes(10), Duration.ofDays(6))) {
            Instance next = WEB.of(SlotKey.of(0), seventh(end, wellFor));
            assertThat(next.attempt()).isEqualTo(1);
            assertThat(next.avoid()).containsExactly("n1");
            assertThat(next.notBefore()).isEqualTo(NOW.plusSeconds(1));
            assertThat(next.tried()).contains("n1 could not").contains("exit code 1");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"FAILED", "REJECTED"})
    @DisplayName("what was not is one more in a row")
    void oneMore(InstanceState end) {
        for (Duration wellFor : List.of(Duration.ZERO, Duration.ofMinutes(10).minusMillis(1))) {
            Instance next = WEB.of(SlotKey.of(0), seventh(end, wellFor));
            assertThat(next.attempt()).isEqualTo(7);
            assertThat(next.avoid()).containsExactly("n3", "n2", "n1");
            assertThat(next.notBefore()).isEqualTo(NOW.plusSeconds(60));
        }
    }

    @Test
    @DisplayName("who follows one that was given up says which, for what that wrote last can be read by its name")
    void namesWhoFailed() {
        Instance next = WEB.of(SlotKey.of(0), seventh(InstanceState.FAILED, Duration.ZERO));
        assertThat(next.reason()).isEqualTo("n1 could not keep web-0-a up: exit code 1");
        assertThat(next.tried()).isEqualTo(next.reason());
        assertThat(WEB.of(SlotKey.of(0), seventh(InstanceState.REJECTED, Duration.ZERO))
                        .reason())
                .isEqualTo("n1 could not take it: exit code 1");
    }

    @Test
    @DisplayName("from when a node may be asked again is told by served time, however far the day's clock is")
    void served() {
        Instance leaves = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING);
        Instance next = WEB.elsewhere(SlotKey.of(0), leaves);

        assertThat(next.avoid()).containsExactly("n1");
        assertThat(next.notBefore()).isEqualTo(NOW);
        assertThat(next.createdAt()).isEqualTo(DAY);
    }
}
