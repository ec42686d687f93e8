package io.knit.core.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
    private static final int WRITERS = 4;

    @TempDir
    Path dir;

    @Test
    @DisplayName(
            "several that write one file at once each succeed, one of them stays whole, and nothing lies beside it")
    void atOnce() throws Exception {
        Path file = dir.resolve("kept");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            for (int i = 0; i < 100; i++) {
                CyclicBarrier ready = new CyclicBarrier(WRITERS);
                List<String> contents = new ArrayList<>();
                List<Callable<Boolean>> writers = new ArrayList<>();
                for (int w = 0; w < WRITERS; w++) {
                    String content = (i + "-" + w + ";").repeat(1_000 * (w + 1));
                    contents.add(content);
                    writers.add(() -> {
                        ready.await();
                        DurableFile.writeSecret(file, content.getBytes(StandardCharsets.US_ASCII));
                        return true;
                    });
                }
                for (Future<Boolean> done : threads.invokeAll(writers)) {
                    assertThat(done.get()).isTrue();
                }
                assertThat(Files.readString(file)).isIn(contents);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(dir).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    @DisplayName("what a kill left beside it is written over by the next")
    void left() throws Exception {
        Path file = dir.resolve("kept");
        Files.writeString(dir.resolve("kept.tmp"), "half of a fi");
        DurableFile.writeSecret(file, "whole".getBytes(StandardCharsets.US_ASCII));
        assertThat(file).hasContent("whole");
        assertThat(dir.toFile().list()).containsExactly("kept");
    }
}
