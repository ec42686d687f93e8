package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.AgentTiming;
import io.knit.api.ServerTiming;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** docs/spec.md says what the code does. */
class SpecPageTest {
    private static final Pattern FIGURE = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\d+) \\|");

    @Test
    @DisplayName("every figure of time on the page is the default, and every default is there")
    void figures() throws IOException, ReflectiveOperationException {
        Map<String, Duration> defaults = new TreeMap<>();
        add(defaults, ServerTiming.DEFAULT);
        add(defaults, AgentTiming.DEFAULT);

        String page = Files.readString(Path.of("..", "docs", "spec.md"));
        Map<String, Duration> said = FIGURE.matcher(page)
                .results()
                .collect(Collectors.toMap(
                        (MatchResult row) -> row.group(1), row -> Duration.ofSeconds(Long.parseLong(row.group(2)))));

        assertThat(said).containsExactlyInAnyOrderEntriesOf(defaults);
    }

    private static void add(Map<String, Duration> to, Record timing) throws ReflectiveOperationException {
        for (RecordComponent component : timing.getClass().getRecordComponents()) {
            to.put(component.getName(), (Duration) component.getAccessor().invoke(timing));
        }
    }
}
