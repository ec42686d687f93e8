package io.knit.launcher.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end. */
record Shell(int exitCode, String output) {
    private static final Duration USUAL = Duration.ofMinutes(2);

    /** Its output, standard error included, and exit code. */
    static Shell run(Map<String, String> environment, List<String> command) {
        return run(environment, command, USUAL);
    }

    static Shell run(Map<String, String> environment, List<String> command, Duration most) {
        try {
            Path output = Files.createTempFile("knit-it", ".out");
            try {
                ProcessBuilder builder =
                        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " did not end within " + most.toSeconds() + " s");
                }
                return new Shell(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The output, which ends without line ends. */
    String orFail() {
        if (exitCode != 0) {
            throw new AssertionError("exit code " + exitCode + ": " + output);
        }
        return output.stripTrailing();
    }
}
