package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledAgentTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("an agent that is killed leaves no folder of a library's among the temporary files")
    void leavesNothing() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path log = folder.resolve("log");
        Process agent = new ProcessBuilder(OwnJava.command(
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.knit.launcher.Main",
                        "agent",
                        "start",
                        "--nats-url",
                        "nats://127.0.0.1:1",
                        "--data-dir",
                        folder.resolve("data").toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(log).contains("agent ready") || !agent.isAlive());
            assertThat(Files.readString(log)).contains("agent ready");
        } finally {
            agent.destroyForcibly().waitFor();
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).noneMatch(Files::isDirectory);
        }
    }
}
