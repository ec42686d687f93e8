package io.knit.core.server.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who shows wrong tokens too often. */
class FailedLoginsTest {
    private static final Duration NOW = Duration.ofHours(7);

    private final FailedLogins failed = new FailedLogins();

    private Duration fail(String address, int times, Duration now) {
        Duration wait = Duration.ZERO;
        for (int i = 0; i < times; i++) {
            wait = failed.failed(address, now);
        }
        return wait;
    }

    @Test
    @DisplayName("ten within a minute are free, the next waits for its end, and then all is as before")
    void ten() {
        assertThat(fail("10.0.0.1", 10, NOW)).isZero();
        assertThat(fail("10.0.0.1", 1, NOW.plusSeconds(20))).isEqualTo(Duration.ofSeconds(40));
        assertThat(fail("10.0.0.2", 1, NOW.plusSeconds(20))).isZero();
        assertThat(fail("10.0.0.1", 10, NOW.plusSeconds(60))).isZero();
        assertThat(fail("10.0.0.1", 1, NOW.plusSeconds(60))).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    @DisplayName("of IPv6 a whole network counts as one")
    void networks() {
        assertThat(fail("2001:db8:0:1:0:0:0:1", 10, NOW)).isZero();
        assertThat(fail("2001:db8:0:1:a:b:c:d%eth0", 1, NOW)).isPositive();
        assertThat(fail("2001:db8:0:2:0:0:0:1", 1, NOW)).isZero();
    }

    @Test
    @DisplayName("more addresses than it remembers cost no memory")
    void bounded() {
        for (int i = 0; i < 2 * FailedLogins.MOST; i++) {
            fail("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, 1, NOW);
        }
        assertThat(failed.size()).isEqualTo(FailedLogins.MOST);
    }
}
