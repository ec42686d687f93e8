package io.knit.launcher.remote.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A program {@code ssh} that answers each script as it was told to, and keeps what it was given. */
final class FakeSsh {
    /** What each script has in its first line. */
    private static final Map<String, String> STEPS = Map.of(
            "look", "Looks at the host",
            "survey", "What is there already",
            "engine", "Has an engine answer",
            "cache", "A place for the package",
            "install", "Installs what arrived",
            "settings", "Has the agent told",
            "await", "Waits up to",
            "undo", "The agent is told what",
            "settle", "What the agent was told before",
            "log", "What may be the matter");

    private final Path folder;

    FakeSsh(Path folder) throws IOException {
        this.folder = folder;
        StringBuilder cases = new StringBuilder();
        STEPS.forEach((step, words) -> cases.append("    *'# " + words + "'*) step=" + step + " ;;\n"));
        Path program = folder.resolve("ssh");
        Files.writeString(program, """
                #!/bin/sh
                cd %s || exit 99
                for word in "$@"; do printf '%%s\\n' "$word"; done >>words
                echo >>words
                case "$*" in *' dd of='*) step=send; cat >sent ;; *)
                    script=$(cat)
                    printf '%%s\\n' "$script" >>scripts
                    case $script in
                %s    esac ;;
                esac
                echo "$step" >>steps
                [ ! -r "$step.err" ] || cat "$step.err" >&2
                [ ! -r "$step.out" ] || cat "$step.out"
                [ ! -r "$step.sleep" ] || exec sleep "$(cat "$step.sleep")"
                [ ! -r "$step.exit" ] || exit "$(cat "$step.exit")"
                """.formatted(folder, cases));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    /** What it writes to standard output for a step. */
    FakeSsh says(String step, String... lines) throws IOException {
        Files.write(folder.resolve(step + ".out"), List.of(lines));
        return this;
    }

    FakeSsh fails(String step, int exit, String error) throws IOException {
        Files.writeString(folder.resolve(step + ".exit"), String.valueOf(exit));
        Files.writeString(folder.resolve(step + ".err"), error + "\n");
        return this;
    }

    /** All words that it was started with, one a line, a blank line after each start. */
    String words() throws IOException {
        return Files.readString(folder.resolve("words"));
    }

    /** All that shells there were to do. */
    String scripts() throws IOException {
        return Files.readString(folder.resolve("scripts"));
    }

    List<String> steps() throws IOException {
        Path steps = folder.resolve("steps");
        return Files.exists(steps) ? Files.readAllLines(steps) : List.of();
    }

    String sent() throws IOException {
        return Files.readString(folder.resolve("sent"));
    }

    String path() {
        return folder + ":" + System.getenv("PATH");
    }
}
