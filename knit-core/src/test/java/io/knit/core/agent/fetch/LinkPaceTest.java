package io.knit.core.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LinkPaceTest {
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final LinkPace pace = new LinkPace(LEAST);

    @Test
    @DisplayName("a deadline grows with what has to go out before the answer can come, to ten seconds")
    void size() {
        assertThat(pace.deadline(0)).isEqualTo(LEAST);
        assertThat(pace.deadline(200)).isLessThan(LEAST.plusMillis(10));
        assertThat(pace.deadline(150 * 1024)).isEqualTo(Duration.ofSeconds(7));
        assertThat(pace.deadline(1 << 30)).isEqualTo(LinkPace.LONGEST);
    }

    @Test
    @DisplayName(
            "no answer in time makes the next wait twice as long and the next message half as large; an answer takes it back")
    void seen() {
        pace.failed(LEAST, LEAST);
        assertThat(pace.deadline(0)).isEqualTo(Duration.ofSeconds(4));
        assertThat(pace.bytes()).isEqualTo(LinkPace.LARGEST / 2);
        for (int i = 0; i < 10; i++) {
            pace.failed(LinkPace.LONGEST, LinkPace.LONGEST);
        }
        assertThat(pace.deadline(0)).isEqualTo(LinkPace.LONGEST);
        assertThat(pace.bytes()).isEqualTo(LinkPace.SMALLEST);
        pace.came(Duration.ofMillis(1_500));
        assertThat(pace.deadline(0)).isEqualTo(Duration.ofSeconds(6));
        assertThat(pace.bytes()).isEqualTo(LinkPace.SMALLEST);
        pace.came(Duration.ofMillis(10));
        assertThat(pace.deadline(0)).isEqualTo(LEAST);
        assertThat(pace.bytes()).isEqualTo(2 * LinkPace.SMALLEST);
    }

    @Test
    @DisplayName("that nobody listens tells nothing of the link")
    void nobodyThere() {
        pace.failed(Duration.ofMillis(3), LEAST);
        assertThat(pace.deadline(0)).isEqualTo(LEAST);
        assertThat(pace.bytes()).isEqualTo(LinkPace.LARGEST);
    }
}
