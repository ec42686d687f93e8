package io.knit.core.server.plan;

import static io.knit.core.server.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.SlotKey;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AtTimeTest {
    @Test
    @DisplayName("a slot has the number of its place among those that are wanted, and no other key has one")
    void numbers() {
        for (int completions : List.of(1, 2, 30)) {
            AtTime run = new AtTime(NOW, completions);
            List<SlotKey> wanted = run.wanted();
            for (int i = 0; i < completions; i++) {
                assertThat(run.number(wanted.get(i))).isEqualTo(i);
                assertThat(run.isWanted(wanted.get(i))).isTrue();
            }
            for (String other : List.of("", "/1", "/01", "/+1", "/-1", "/30", "/x", "/", "1", "/99999999999")) {
                SlotKey key = SlotKey.of(NOW + other);
                assertThat(run.number(key)).as(other).isEqualTo(wanted.indexOf(key));
                assertThat(run.isWanted(key)).as(other).isEqualTo(wanted.contains(key));
            }
            assertThat(run.isWanted(SlotKey.of(NOW.plusSeconds(1).toString()))).isFalse();
            assertThat(run.isWanted(SlotKey.of(0))).isFalse();
        }
    }
}
