package io.knit.core.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFolderTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path data;

    @Test
    @DisplayName("what was kept is there for a week, and then it is not")
    void aWeek() throws IOException {
        OutputFolder folder = new OutputFolder(data);
        assertThat(folder.read("web-0-a")).isEmpty();
        folder.write("web-0-a", List.of(new byte[] {1, 2}), NOW);
        folder.write("web-0-b", List.of(new byte[] {3}), NOW.plus(Duration.ofDays(7)));
        assertThat(folder.read("web-0-a")).contains(new byte[] {1, 2});
        folder.write(
                "web-0-c", List.of(new byte[] {4}), NOW.plus(Duration.ofDays(7)).plusSeconds(1));
        assertThat(folder.read("web-0-a")).isEmpty();
        assertThat(folder.read("web-0-b")).isPresent();
    }

    @Test
    @DisplayName("all together it is 64 MiB at most, and the oldest goes first")
    void bounded() throws IOException {
        OutputFolder folder = new OutputFolder(data);
        for (int i = 0; i < 66; i++) {
            folder.write("web-" + i, List.of(new byte[LastOutput.MOST]), NOW.plusSeconds(i));
        }
        assertThat(folder.read("web-1")).isEmpty();
        assertThat(folder.read("web-2")).isPresent();
        assertThat(folder.read("web-65")).isPresent();
    }

    @Test
    @DisplayName("many that end at once are all kept")
    void atOnce() throws Exception {
        OutputFolder folder = new OutputFolder(data);
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String instance = "web-" + i;
                all.add(workers.submit(() -> {
                    folder.write(instance, List.of(new byte[] {1}), NOW);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            workers.shutdownNow();
        }
        assertThat(folder.read("web-0")).isPresent();
        assertThat(folder.read("web-399")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../identity", "", "/etc/passwd", ".hidden"})
    @DisplayName("no name leads out of the folder")
    void names(String name) throws IOException {
        OutputFolder folder = new OutputFolder(data.resolve("agent"));
        folder.write(name, List.of(new byte[] {1}), NOW);
        assertThat(folder.read(name)).isEmpty();
        assertThat(data).isEmptyDirectory();
    }
}
