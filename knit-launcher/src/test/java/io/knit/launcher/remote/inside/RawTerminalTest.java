package io.knit.launcher.remote.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.OwnJava;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A terminal of its own, which {@code script} of util-linux makes, and what it is like before, meanwhile and after. */
@Timeout(60)
class RawTerminalTest {
    @TempDir
    Path folder;

    /** Runs on that terminal; says what it is like. */
    static final class OnIt {
        public static void main(String[] args) throws Exception {
            Path said = Path.of(args[0]);
            String before = stty();
            RawTerminal terminal = Objects.requireNonNull(RawTerminal.open());
            String raw = stty();
            if (args[1].equals("close")) {
                terminal.close();
                Files.write(said, List.of(before, raw, stty()));
            } else {
                // and the hook of its end makes it as it was
                Files.write(said, List.of(before, raw));
                System.exit(0);
            }
        }

        private static String stty() throws Exception {
            Process asked = new ProcessBuilder("stty", "-a")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .start();
            String all = new String(asked.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            asked.waitFor();
            return all.replaceAll("\\s+", " ").strip();
        }
    }

    @Test
    @DisplayName("no key is shown or taken for a signal, until it is closed")
    void closed() throws Exception {
        List<String> said = said("close", "");
        assertThat(said.get(0)).contains(" isig ", " icanon ", " echo ");
        assertThat(said.get(1)).contains(" -isig ", " -icanon ", " -echo ");
        assertThat(said.get(2)).isEqualTo(said.get(0));
    }

    @Test
    @DisplayName("where the process ends it is as it was, too")
    void ended() throws Exception {
        List<String> said = said("leave", "; stty -a");
        assertThat(said.get(1)).contains(" -isig ");
        assertThat(String.join(" ", said.subList(2, said.size()))).contains(" isig ", " icanon ", " echo ");
    }

    @Test
    @DisplayName("where there is no terminal there is none to be had")
    void none() throws Exception {
        List<String> command = OwnJava.command("-cp", classPath(), None.class.getName());
        command.addAll(0, List.of("setsid", "-w"));
        Process alone = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(alone.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.strip()).isEqualTo("none");
    }

    /** Runs without one. */
    static final class None {
        public static void main(String[] args) {
            System.out.println(RawTerminal.open() == null ? "none" : "one");
        }
    }

    /** What it said, and behind that what the shell did after it. */
    private List<String> said(String how, String after) throws Exception {
        Path file = folder.resolve("said");
        String command = String.join(
                " ", OwnJava.command("-cp", classPath(), "'" + OnIt.class.getName() + "'", file.toString(), how));
        Process script;
        try {
            script = new ProcessBuilder("script", "-qec", command + after, "/dev/null")
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("there is no script of util-linux: " + e.getMessage());
            return List.of();
        }
        String shown = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor()).as(shown).isZero();
        List<String> said = new ArrayList<>(Files.readAllLines(file));
        if (!after.isEmpty()) {
            said.add(shown.replaceAll("\\s+", " "));
        }
        return said;
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
