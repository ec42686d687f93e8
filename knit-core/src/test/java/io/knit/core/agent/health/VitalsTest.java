package io.knit.core.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.TcpCheck;
import io.knit.core.agent.reconcile.memory.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VitalsTest {
    private static final Duration START = Duration.ofHours(1);
    private static final Check STARTING = new Check(Health.STARTING, "");
    private static final Outcome FAILED = new Outcome("port 80: connection refused");
    private static final HealthSpec SPEC = HealthSpec.of(new TcpCheck(80))
            .timed(Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofSeconds(10));

    private static Vitals begun() {
        return Vitals.of("web-0-x", STARTING, START, START);
    }

    private static Vitals failing(Vitals vitals, HealthSpec spec, int times) {
        Vitals after = vitals;
        for (int i = 0; i < times; i++) {
            after = after.after(FAILED, spec, after.dueAt());
        }
        return after;
    }

    @Test
    @DisplayName("the first checks of many that begin at once are spread over a tenth of a second")
    void spread() {
        List<Duration> due = IntStream.range(0, 50)
                .mapToObj(i -> Vitals.of("web-" + i + "-abc", STARTING, START, START)
                        .dueAt()
                        .minus(START))
                .toList();
        assertThat(due).allMatch(wait -> !wait.isNegative() && wait.compareTo(Duration.ofMillis(100)) < 0);
        assertThat(due.stream().map(wait -> wait.toMillis() / 10).distinct()).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    @DisplayName(
            "within the grace failures do not count, and who fails is asked at growing distances up to the interval")
    void grace() {
        List<Long> waits = new ArrayList<>();
        Vitals vitals = begun();
        while (vitals.dueAt().minus(START).compareTo(Duration.ofSeconds(10)) < 0) {
            Duration now = vitals.dueAt();
            vitals = vitals.after(FAILED, SPEC, now);
            assertThat(vitals.check()).isEqualTo(STARTING);
            waits.add(vitals.dueAt().minus(now).toMillis());
        }
        assertThat(waits).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L);
        assertThat(failing(vitals, SPEC, 2).check()).isEqualTo(STARTING);
        assertThat(failing(vitals, SPEC, 3).check())
                .isEqualTo(new Check(Health.UNHEALTHY, "health check: port 80: connection refused (3 times in a row)"));
    }

    @Test
    @DisplayName("a success ends the grace: failures count from then on")
    void successEndsTheGrace() {
        Vitals well = begun().after(Outcome.WELL, SPEC, START.plusMillis(50));
        assertThat(well.check().health()).isEqualTo(Health.HEALTHY);
        assertThat(well.dueAt()).isEqualTo(START.plusMillis(10_050));
        HealthSpec patient = SPEC.timed(SPEC.interval(), SPEC.timeout(), 2, Duration.ofHours(1));
        assertThat(failing(well, patient, 1).check().health()).isEqualTo(Health.HEALTHY);
        assertThat(failing(well, patient, 2).check().health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    @DisplayName("only failures in a row count")
    void inARow() {
        Vitals vitals = begun().after(Outcome.WELL, SPEC, START);
        for (int i = 0; i < 5; i++) {
            vitals = failing(vitals, SPEC, 2);
            vitals = vitals.after(Outcome.WELL, SPEC, vitals.dueAt());
            assertThat(vitals.check().health()).isEqualTo(Health.HEALTHY);
        }
    }

    @Test
    @DisplayName("without a grace and with one try the first failure is enough, and its words are not counted")
    void impatient() {
        HealthSpec spec = SPEC.timed(SPEC.interval(), SPEC.timeout(), 1, Duration.ZERO);
        assertThat(failing(begun(), spec, 1).check())
                .isEqualTo(new Check(Health.UNHEALTHY, "health check: port 80: connection refused"));
    }
}
