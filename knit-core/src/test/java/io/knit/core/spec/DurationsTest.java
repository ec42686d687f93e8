package io.knit.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.Durations;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    private static final Field<Pauses> BEFORE = Pauses.TABLE.field("before");

    @ParameterizedTest
    @CsvSource({"500ms,500", "10s,10000", "5m,300000", "1h,3600000", "1h30m,5400000", "1m1ms,60001", "0s,0"})
    void aTextIsReadAndWritten(String text, long millis) {
        assertThat(Durations.of(text)).contains(Duration.ofMillis(millis));
        assertThat(Durations.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void theLargestUnitsThatFitAreWritten() {
        assertThat(Durations.text(Durations.of("90m").orElseThrow())).isEqualTo("1h30m");
        assertThat(Durations.text(Durations.of("1500ms").orElseThrow())).isEqualTo("1s500ms");
        assertThat(Durations.text(Duration.ofDays(400))).isEqualTo("9600h");
        assertThat(Durations.text(Duration.ofSeconds(-1))).isEqualTo("0s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "s",
                "1.5s",
                "-1s",
                "10 s",
                "10S",
                "1s1h",
                "1s1s",
                "1d",
                "PT10S",
                "9999999999s",
                "10s\n"
            })
    void anythingElseIsNone(String text) {
        assertThat(Durations.of(text)).isEmpty();
    }

    @Test
    void settingsTakeIsoAsWell() {
        assertThat(Durations.parse("--x", "PT10S")).isEqualTo(Durations.parse("--x", "10s"));
    }

    @Test
    void aSpanSaysWhatToGive() {
        assertThat(BEFORE.span().fault("before", Duration.ofMillis(100))).isNull();
        assertThat(BEFORE.span().fault("before", Duration.ofHours(1))).isNull();
        assertThat(BEFORE.span().fault("before", Duration.ofMillis(99))).isEqualTo("before is 99ms; give 100ms to 1h");
        assertThat(BEFORE.span().fault("before", Duration.ofMinutes(61))).isEqualTo("before is 1h1m; give 100ms to 1h");
        assertThat(BEFORE.span().fault("before", Duration.ofSeconds(-3)))
                .isEqualTo("before is below zero; give 100ms to 1h");
        assertThat(BEFORE.span().fault("before", Duration.ofNanos(1_000_000_001)))
                .isEqualTo("before has a part of a millisecond; give whole ones, such as 1s");
    }

    @Test
    void theTableShowsThem() {
        assertThat(BEFORE.doc()).isEqualTo("a while, 100ms–1h");
        assertThat(SpecJson.of(Pauses.TABLE, new Pauses(Duration.ofSeconds(90), null)))
                .hasToString("{\"before\":\"1m30s\"}");
    }
}
