package io.knit.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every row can be measured, with all instances running each time; a run this small says nothing of speed. */
@Tag("night")
class ServerBenchTest {
    @Test
    void measuresEveryRow() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ServerArguments small = ServerArguments.parse(new String[] {
            "warm=1",
            "rounds=1",
            "agents=5",
            "replicas=5",
            "large=10",
            "stored=5",
            "idle=0.2",
            "jvm=-XX:TieredStopAtLevel=1"
        });
        // fails where the API does not show all instances as running
        new ServerBench(small, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();

        List<String> rows = printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).hasSize(1 + 2 + 3 + 4 + 2 + 2 + 2 + 4);
        assertThat(rows).noneMatch(row -> row.contains("NaN") || row.contains("Infinity"));
        assertThat(rows).contains("| events that a follower missed |  | 0 | ≤ 0 |  |");
    }
}
