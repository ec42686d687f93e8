package io.knit.launcher.remote.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each shell that is here completes, with a {@code knit} that only says names. */
class CompletionTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void knit() throws IOException {
        Path knit = folder.resolve("knit");
        Files.writeString(knit, """
                #!/bin/sh
                case "$*" in
                    "status -o name") echo web; echo worker; echo 'w$(touch pwned)'; echo 'w`touch pwned`'; echo 'w;x' ;;
                    "status -o name --context far") echo farm ;;
                    "nodes -o name") echo n1; echo n2 ;;
                    "context list --names") echo home; echo far ;;
                    *) echo "asked: $*" ;;
                esac
                """);
        Files.setPosixFilePermissions(knit, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("wiki.yaml"), "");
        for (String shell : List.of("bash", "zsh", "fish")) {
            Typed typed = Typed.knit(Map.of(), "completion", shell);
            assertThat(typed.exitCode()).as(typed.err()).isZero();
            Files.writeString(folder.resolve(shell), typed.out());
        }
    }

    private static String ran(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    private static void assumeThere(String shell) {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin", shell)) || Files.isExecutable(Path.of("/bin", shell)),
                shell + " is not installed: apt-get install " + shell);
    }

    @ParameterizedTest(name = "knit {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "statu                      | status",
                "un                         | undeploy",
                "node d                     | drain",
                "node drain n               | n1 n2",
                "node drain n1 --dea        | --deadline",
                "status w                   | web worker",
                "scale wo                   | worker",
                "status --context far f     | farm",
                "status --context f         | far",
                "status -o j                | json",
                "deploy wi                  | wiki.yaml",
                "deploy wiki.yaml --pru     | --prune",
                "join --pack                | --package",
                "join h1 --ssh-p            | --ssh-port",
                "context use h              | home",
                "context rm f               | far",
                "completion z               | zsh",
                "server st                  | start",
                "token list --con           | --context"
            })
    void bash(String words, String wanted) throws Exception {
        assumeThere("bash");
        String script = ". ./bash; COMP_WORDS=(knit " + words.trim()
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _knit; echo \"${COMPREPLY[*]}\"";
        assertThat(ran("bash", "--norc", "-c", script).trim()).isEqualTo(wanted);
        assertThat(folder.resolve("pwned"))
                .as("whoever is asked for names has nothing run here")
                .doesNotExist();
    }

    @ParameterizedTest(name = "knit {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "statu                      | status",
                "node d                     | drain",
                "node drain n               | n1 n2",
                "status w                   | web worker",
                "status --context far f     | farm",
                "status -o j                | json",
                "context use h              | home",
                "completion z               | zsh",
                "deploy wi                  | wiki.yaml"
            })
    void zsh(String words, String wanted) throws Exception {
        assumeThere("zsh");
        // as bashcompinit asks, which then passes over what does not begin as the word
        String script = ". ./zsh; emulate ksh; COMP_WORDS=(knit " + words.trim()
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _knit; echo \"${COMPREPLY[*]}\"";
        assertThat(ran("zsh", "-f", "-c", script).trim().split("\\s+")).contains(wanted.split(" "));
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @ParameterizedTest(name = "knit {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "statu                      | status",
                "node d                     | drain",
                "node drain n               | n1 n2",
                "status w                   | web worker",
                "status -o j                | json",
                "status --wat               | --watch",
                "context use h              | home",
                "deploy wi                  | wiki.yaml"
            })
    void fish(String words, String wanted) throws Exception {
        assumeThere("fish");
        String out = ran("fish", "--no-config", "-c", "source ./fish; complete -C 'knit " + words.trim() + "'");
        assertThat(out.lines().map(line -> line.split("\t", 2)[0]).toList()).containsExactly(wanted.split(" "));
    }
}
