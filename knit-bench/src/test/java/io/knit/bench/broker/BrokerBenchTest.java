package io.knit.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That every row can be measured; a run this small says nothing of speed. */
class BrokerBenchTest {
    @Test
    void measuresEveryRow() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nats-server")), "apt-get install nats-server");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        BenchArguments small =
                BenchArguments.parse(new String[] {"rounds=1", "scale=0.001", "agents=50", "heartbeat=1"});
        new BrokerBench(small, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
        List<String> rows = printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).hasSize(2 * 5 * 4 + 4 + 2 * 4 * 2 + 3 * 2 + 3);
        assertThat(rows).noneMatch(row -> row.contains("NaN") || row.contains("Infinity"));
    }
}
