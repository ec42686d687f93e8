package io.knit.plugin.docker.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.LogLine;
import io.knit.plugin.docker.logs.LogPlace.Verdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which lines of a second reading are new, and whether some are gone. Of each line: its output, and its time in milliseconds. */
class LogPlaceTest {
    private static final Instant BEGIN = Instant.parse("2026-11-28T01:38:04Z");

    private final LogPlace place = new LogPlace();

    private List<Verdict> take(String... lines) {
        return Arrays.stream(lines)
                .map(line -> place.take(new LogLine(
                        BEGIN.plusMillis(Integer.parseInt(line.substring(1))), line.startsWith("e"), true, "")))
                .toList();
    }

    @Test
    @DisplayName("the first reading has everything, also where a clock goes back")
    void first() {
        assertThat(place.last()).isNull();
        assertThat(place.again()).isNull();
        assertThat(take("o1", "e0", "o5", "o2")).containsOnly(Verdict.NEXT);
        assertThat(place.last()).isEqualTo(BEGIN.plusMillis(2));
    }

    @Test
    @DisplayName("another reading goes on after the line given last, on each of the outputs")
    void goesOn() {
        take("o1", "e3", "o2");
        assertThat(place.again()).isEqualTo(BEGIN.plusMillis(2).minusSeconds(1));
        assertThat(take("o1", "e3", "o2", "e4", "o5", "o6"))
                .containsExactly(Verdict.HAD, Verdict.HAD, Verdict.HAD, Verdict.NEXT, Verdict.NEXT, Verdict.NEXT);
        place.again();
        assertThat(take("o6", "o7")).containsExactly(Verdict.HAD, Verdict.NEXT);
    }

    @Test
    @DisplayName("the parts of a long line have one time, and are counted")
    void parts() {
        take("o1", "o1", "o1");
        place.again();
        assertThat(take("o1", "o1", "o1", "o1", "o2"))
                .containsExactly(Verdict.HAD, Verdict.HAD, Verdict.HAD, Verdict.NEXT, Verdict.NEXT);
    }

    @Test
    @DisplayName("what does not come by the line given last has a gap, which is told once")
    void gap() {
        take("o1", "o2");
        place.again();
        assertThat(take("o7", "o8")).containsExactly(Verdict.AFTER_A_GAP, Verdict.NEXT);
        place.again();
        assertThat(take("o8", "o9")).containsExactly(Verdict.HAD, Verdict.NEXT);
    }

    @Test
    @DisplayName("what the other output wrote last may be gone, and that is no gap")
    void otherOutputGone() {
        take("e1", "o2");
        place.again();
        assertThat(take("o2", "e3", "o4")).containsExactly(Verdict.HAD, Verdict.NEXT, Verdict.NEXT);
    }

    @Test
    @DisplayName(
            "of an output that gave nothing yet, what is older than all that was given was not asked for, and is no gap")
    void beforeTheTail() {
        take("o500");
        place.again();
        assertThat(take("e1", "o2", "e400", "o500", "e501", "o502"))
                .containsExactly(Verdict.HAD, Verdict.HAD, Verdict.HAD, Verdict.HAD, Verdict.NEXT, Verdict.NEXT);
    }
}
