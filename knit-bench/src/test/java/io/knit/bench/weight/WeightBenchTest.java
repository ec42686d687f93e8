package io.knit.bench.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every row can be measured; a run this small says nothing of weight. */
@Tag("night")
class WeightBenchTest {
    @Test
    void measuresEveryRow() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        // without containers, and so without an engine
        new WeightBench(new PrintStream(printed, true, StandardCharsets.UTF_8), 1, 1, 3, 0).run();

        List<String> rows = printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).hasSize(5 + 2);
        assertThat(rows).noneMatch(row -> row.contains("NaN") || row.contains("| 0 |"));
    }
}
