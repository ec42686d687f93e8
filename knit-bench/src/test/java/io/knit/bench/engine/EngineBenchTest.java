package io.knit.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import io.knit.bench.beside.LocalImage;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every row can be measured; a run this small says nothing of speed. Needs what other tests on a real engine need. */
@Tag("night")
class EngineBenchTest {
    @Test
    void measuresEveryRow() throws Exception {
        needsDocker();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new EngineBench(new PrintStream(printed, true, StandardCharsets.UTF_8), 1, 0).run();

        List<String> rows = printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).hasSize(4);
        assertThat(rows).noneMatch(row -> row.contains("NaN") || row.contains("Infinity"));
    }

    private static void needsDocker() {
        String missing = missing();
        if (!missing.isEmpty() && "1".equals(System.getenv("KNIT_REQUIRE_DOCKER"))) {
            fail(missing + ", and KNIT_REQUIRE_DOCKER=1 demands it");
        }
        assumeTrue(missing.isEmpty(), missing);
    }

    private static String missing() {
        if (!Files.isExecutable(LocalImage.BUSYBOX)) {
            return "no " + LocalImage.BUSYBOX + " to make an image of (Debian: busybox-static)";
        }
        DockerClient client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        try {
            client.pingCmd().exec();
            return "";
        } catch (RuntimeException e) {
            return "no Docker Engine answers at " + EngineAddress.DEFAULT;
        } finally {
            EngineClients.close(client);
        }
    }
}
