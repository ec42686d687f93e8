package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconnectDelayTest {
    @ParameterizedTest
    @CsvSource({"0, 50, 100", "1, 50, 100", "2, 100, 200", "4, 400, 800", "5, 500, 1000", "1000000, 500, 1000"})
    void doublesUpToASecond(long failures, long least, long most) {
        assertThat(new ReconnectDelay(() -> 0).after(failures)).hasMillis(least);
        assertThat(new ReconnectDelay(() -> 1).after(failures)).hasMillis(most);
    }
}
