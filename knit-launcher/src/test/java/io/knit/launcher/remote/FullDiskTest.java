package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Main;
import io.knit.launcher.OwnJava;
import io.knit.launcher.Typed;
import io.knit.testkit.TarBytes;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for and can't be written: to a full disk, or to somebody who has left. */
@Timeout(100)
class FullDiskTest {
    private static final int LARGE = 3 << 20;

    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() throws IOException {
        fleet = new RemoteFleet(folder);
        fleet.done(
                "deploy",
                fleet.file(
                        "web.yaml",
                        RemoteFleet.spec("web", "args: ['echo hello']\nvolumes: [{name: data, destination: /data}]\n")),
                "--wait");
        fleet.awaitContainer("web", Duration.ofSeconds(10));
        Awaitility.await().until(() -> fleet.knit("logs", "web").out().contains("hello"));
        Path file = folder.resolve("file");
        Files.write(file, new byte[] {0, 1, 2, (byte) 255});
        fleet.done("file", "set", "any", "--from-file", file.toString());
        fleet.done("cp", file.toString(), "web:/tmp/x");
        fleet.done("var", "set", "TEXT", "words");
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        fleet.done(
                "deploy",
                fleet.file("books.yaml", RemoteFleet.spec("books", "volumes: [{name: data, destination: /data}]\n")),
                "--wait");
        fleet.done("scale", "books", "0", "--wait");
        Path tar = folder.resolve("in.tar");
        Files.write(tar, TarBytes.of(Map.of("volume/large", large)));
        fleet.knit("volume", "restore", "books", "0", "data", tar.toString());
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    private static Map<String, String> environment() {
        return Map.of("KNIT_SERVER", fleet.url(), "XDG_CONFIG_HOME", folder.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "nodes",
                "status web -o json",
                "status -o yaml",
                "ps -o name",
                "scale web 1",
                "var get TEXT",
                "var ls",
                "file get any",
                "image ls",
                "stats",
                "logs web",
                "logs web --follow",
                "status --watch",
                "stats --watch",
                "events --since 1h",
                "exec web echo hello",
                "cp web:/tmp/x -",
                "volume snapshot books 0 data",
                "context list",
                "completion bash",
                "plan %s/web.yaml"
            })
    @DisplayName("what is not written whole is no success, and is told why")
    void fullDisk(String words) throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            Typed typed =
                    Typed.into(full, environment(), words.formatted(folder).split(" "));
            assertThat(typed.exitCode()).isEqualTo(Exit.FAILED);
            assertThat(typed.err()).contains("standard output").contains("No space left on device");
            assertThat(typed.err().lines().filter(line -> line.startsWith("knit: ")))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"volume snapshot books 0 data", "status --watch", "logs web -f"})
    @DisplayName("who has left is sent nothing more")
    void gone(String words) {
        OneLeft reader = new OneLeft();
        Typed typed = Typed.into(reader, environment(), words.split(" "));
        assertThat(typed.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(typed.err()).contains("Broken pipe");
        assertThat(reader.tries).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "status", "nodes -o json", "var get TEXT", "completion bash"})
    @DisplayName("who leaves in the middle of what is printed, as grep -q does, has what he wanted")
    void left(String words) {
        assertThat(Typed.into(new OneLeft(), environment(), words.split(" "))).isEqualTo(new Typed(Exit.OK, "", ""));
    }

    @Test
    void whatIsWrittenWholeIsTheBytes() throws IOException {
        Path out = folder.resolve("out");
        try (OutputStream file = Files.newOutputStream(out)) {
            assertThat(Typed.into(file, environment(), "volume", "snapshot", "books", "0", "data"))
                    .isEqualTo(new Typed(Exit.OK, "", ""));
        }
        assertThat(TarBytes.read(Files.readAllBytes(out)).get("volume/large")).hasSize(LARGE);
        try (OutputStream file = Files.newOutputStream(out)) {
            assertThat(Typed.into(file, environment(), "file", "get", "any").exitCode())
                    .isZero();
        }
        assertThat(Files.readAllBytes(out)).containsExactly(0, 1, 2, 255);
    }

    @Test
    @DisplayName("the program itself, of which nobody reads on")
    void processThatIsLeft() throws Exception {
        List<String> command = OwnJava.command(
                "-Xmx64m", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "--help");
        Process knit = new ProcessBuilder(command).start();
        knit.getInputStream().close();
        String err = new String(knit.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(knit.waitFor()).isEqualTo(Exit.OK);
        assertThat(err).isEmpty();
    }

    @Test
    @DisplayName("the program itself")
    void process() throws Exception {
        List<String> command = OwnJava.command(
                "-Xmx64m", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "--help");
        Process knit = new ProcessBuilder(command)
                .redirectOutput(new File("/dev/full"))
                .start();
        String err = new String(knit.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(knit.waitFor()).isEqualTo(Exit.FAILED);
        assertThat(err)
                .isEqualTo(
                        "knit: what was asked for is not written whole to the standard output: No space left on device\n");
    }

    private static final class OneLeft extends OutputStream {
        private int tries;

        @Override
        public void write(int one) throws IOException {
            write(new byte[1], 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            tries++;
            throw new IOException("Broken pipe");
        }
    }
}
