package io.knit.core.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTest {
    @Test
    @DisplayName("the whole schedule is that of standard-webhooks: ten attempts in 75 h 35 min 5 s")
    void whole() {
        List<Duration> since = new ArrayList<>(List.of(Duration.ZERO));
        for (int attempts = 1; ; attempts++) {
            Optional<Duration> wait = RetrySchedule.after(attempts, Duration.ZERO, 0);
            if (wait.isEmpty()) {
                break;
            }
            since.add(since.get(since.size() - 1).plus(wait.get()));
        }
        assertThat(since)
                .extracting(Duration::toSeconds)
                .containsExactly(0L, 5L, 305L, 2_105L, 9_305L, 27_305L, 63_305L, 113_705L, 185_705L, 272_105L);
    }

    @ParameterizedTest(name = "after {0} attempts, asked {1} s, chance {2}: {3} ms")
    @CsvSource({
        "1,      0, 0,   5000",
        "1,      0, 1,   5500",
        "1,      0, 9,   5500",
        "1,      0, -1,  5000",
        "1,      3, 0,   5000",
        "1,     60, 0,  60000",
        "1,  86400, 0, 3600000",
        "4,  86400, 0, 7200000",
        "9,      0, 1, 95040000"
    })
    void each(int attempts, long asked, double chance, long millis) {
        assertThat(RetrySchedule.after(attempts, Duration.ofSeconds(asked), chance))
                .hasValue(Duration.ofMillis(millis));
    }
}
