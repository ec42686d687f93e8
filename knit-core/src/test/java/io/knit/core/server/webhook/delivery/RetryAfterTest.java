package io.knit.core.server.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final String NOW = "Tue, 01 Dec 2026 10:00:00 GMT";

    @ParameterizedTest(name = "{0}: {1} s")
    @CsvSource(
            delimiter = '|',
            value = {
                "120                           | 120",
                "0                             | 0",
                "Tue, 01 Dec 2026 10:00:45 GMT | 45",
                "Tue, 01 Dec 2026 09:59:00 GMT | 0",
                "Tue, 99 Dec 2026 10:00:45 GMT | 0",
                "soon                          | 0",
                "-5                            | 0",
                "99999999999                   | 0"
            })
    void each(String asked, long seconds) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.add("Retry-After", asked).add("Date", NOW);
        assertThat(RetryAfter.in(headers)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void notAsked() {
        assertThat(RetryAfter.in(MultiMap.caseInsensitiveMultiMap())).isZero();
    }

    @Test
    void aDateWithoutTheAnswersOwn() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.add("Retry-After", NOW);
        assertThat(RetryAfter.in(headers)).isZero();
    }
}
