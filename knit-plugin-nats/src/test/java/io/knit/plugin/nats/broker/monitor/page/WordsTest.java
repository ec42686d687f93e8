package io.knit.plugin.nats.broker.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expectations are what Go prints. */
class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "PT-1S,0s",
        "PT0.9S,0s",
        "PT59S,59s",
        "PT60S,1m0s",
        "PT1H,1h0m0s",
        "PT26H3M4S,1d2h3m4s",
        "P365D,1y0d0h0m0s",
        "P800DT1S,2y70d0h0m1s"
    })
    void uptime(Duration lasted, String text) {
        assertThat(Words.uptime(lasted)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ns",
        "999,999ns",
        "1000,1µs",
        "384250,384.25µs",
        "1000000,1ms",
        "2279610,2.27961ms",
        "1000000000,1s",
        "1500000000,1.5s",
        "60000000000,1m0s",
        "120500000000,2m0.5s",
        "3600000000000,1h0m0s"
    })
    void exact(long nanos, String text) {
        assertThat(Words.exact(Duration.ofNanos(nanos))).isEqualTo(text);
    }

    @Test
    void bytesThatAreNoUtf8BecomeOneMarkEach() {
        assertThat(Words.utf8("plain")).isEqualTo("plain");
        assertThat(Words.utf8("\u00c3\u00b6")).isEqualTo("ö");
        assertThat(Words.utf8("\u00f0\u009f\u0098\u0080")).isEqualTo("😀");
        assertThat(Words.utf8("a\u00e2\u0082z")).isEqualTo("a\ufffd\ufffdz");
        assertThat(Words.utf8("\u00ff\u00e9")).isEqualTo("\ufffd\ufffd");
        assertThat(Words.utf8("")).isEmpty();
        assertThat(Words.utf8(Words.bytes("ö😀"))).isEqualTo("ö😀");
    }
}
