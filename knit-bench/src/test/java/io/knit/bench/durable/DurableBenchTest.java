package io.knit.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every row can be measured; a run this small says nothing of speed. */
@Tag("night")
class DurableBenchTest {
    @Test
    void measuresEveryRow() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new DurableBench(new PrintStream(printed, true, StandardCharsets.UTF_8), 1, 0.1, 0.01, 20, "").run();

        List<String> rows = printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).hasSize(2 * 4 * 3 + 2 * 2);
        assertThat(rows).filteredOn(row -> row.contains("the disk's own sync")).hasSize(2 * 2);
        assertThat(rows).noneMatch(row -> row.contains("NaN") || row.contains("Infinity"));
    }
}
