package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Main;
import io.knit.launcher.OwnJava;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program itself on a terminal of its own, which {@code script} of util-linux makes, and with one of its streams going elsewhere. No server is there. */
@Timeout(60)
class TypedOnTerminalTest {
    private static final String NO_SERVER = "no server answers at http://127.0.0.1:1";

    @ParameterizedTest(name = "knit {0} {1}")
    @DisplayName("what is read is a terminal or not, whatever is written to, and the other way round")
    @CsvSource(
            delimiter = '|',
            value = {
                "image push shop:3             | >/dev/null | an image comes from a file",
                "image push shop:3             | </dev/null | NO_SERVER",
                "volume snapshot books 0 data  | </dev/null | a tar is nothing for a terminal",
                "volume snapshot books 0 data  | >/dev/null | NO_SERVER",
                "exec -it web true             | </dev/null | -t is passed over",
                "exec -it web true             | >/dev/null | NO_SERVER",
                "exec -t web true              | </dev/null | NO_SERVER"
            })
    void streams(String words, String elsewhere, String told) throws Exception {
        String shown = onTerminal(words + " " + elsewhere);
        assertThat(shown.lines().findFirst().orElse("")).contains(told.equals("NO_SERVER") ? NO_SERVER : told);
    }

    @ParameterizedTest(name = "a terminal of {0} columns")
    @DisplayName("help is as wide as the terminal, and no wider than lines that are read")
    @CsvSource({"60, 60", "80, 80", "200, 100", "20, 55"})
    void help(int columns, int widest) throws Exception {
        String shown = onTerminal("stty cols " + columns + "; ", "deploy --help");
        assertThat(shown).contains("Usage: knit deploy", "--dry-run");
        assertThat(shown.lines().mapToInt(String::length).max().orElse(0)).isBetween(widest - 6, widest);
    }

    private static String onTerminal(String words) throws IOException, InterruptedException {
        return onTerminal("", words);
    }

    private static String onTerminal(String before, String words) throws IOException, InterruptedException {
        String command = before
                + OwnJava.command("-cp", System.getProperty("java.class.path"), Main.class.getName()).stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "))
                + " " + words;
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null")
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("KNIT_SERVER", "127.0.0.1:1");
        builder.environment().put("SHELL", "/bin/sh");
        Process script;
        try {
            script = builder.start();
        } catch (IOException e) {
            Assumptions.abort("there is no script of util-linux: " + e.getMessage());
            return "";
        }
        String shown = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        script.waitFor();
        return shown;
    }
}
