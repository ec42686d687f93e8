package io.knit.core.agent.reconcile.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.RestartSpec;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static final BackOff NOBODYS =
            new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));

    @Test
    @DisplayName(
            "fifty that failed at the same moment try at moments of their own, none later than said and none much sooner")
    void spread() {
        for (int failures = 2; failures < 40; failures++) {
            int inARow = failures;
            Duration said = NOBODYS.after(inARow);
            assertThat(NOBODYS.spread(inARow)).isEqualTo(said);
            assertThat(IntStream.range(0, 50)
                            .mapToObj(i -> NOBODYS.of(RestartSpec.DEFAULT, "web-" + i + "-a")
                                    .spread(inARow))
                            .distinct())
                    .allSatisfy(wait ->
                            assertThat(wait).isBetween(said.multipliedBy(9).dividedBy(10), said))
                    .hasSizeGreaterThan(25);
        }
    }

    @Test
    @DisplayName("the first wait is whole, and the spec's")
    void first() {
        BackOff own = NOBODYS.of(RestartSpec.DEFAULT, "web-0-a");
        assertThat(own.spread(1)).isEqualTo(Duration.ofSeconds(1));
        RestartSpec slow =
                new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofSeconds(20), 0, Duration.ofMinutes(5));
        assertThat(NOBODYS.of(slow, "web-0-a").spread(1)).isEqualTo(Duration.ofSeconds(20));
    }
}
