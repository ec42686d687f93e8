package io.knit.launcher.remote.inside;

import io.knit.launcher.remote.screen.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This process's terminal while every key goes elsewhere: none is shown or taken for a signal here. Closing it, and the end of the process,
 * makes it as it was.
 */
final class RawTerminal implements AutoCloseable {
    private final String before;
    private final Thread restore;

    private RawTerminal(String before) {
        this.before = before;
        this.restore = new Thread(() -> stty(before));
        Runtime.getRuntime().addShutdownHook(restore);
    }

    /** Null: there is none, or it can't be had. */
    static @Nullable RawTerminal open() {
        String before = stty("-g");
        if (before == null || before.isBlank()) {
            return null;
        }
        RawTerminal terminal = new RawTerminal(before.strip());
        stty("raw", "-echo");
        return terminal;
    }

    /** Columns and rows now. */
    static Terminal size(Map<String, String> environment) {
        return Terminal.of(1, environment);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(restore);
        stty(before);
    }

    /** What it prints; null: it failed. */
    private static @Nullable String stty(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        try {
            Process asked = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = asked.getInputStream()) {
                String text = new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
                return asked.waitFor(2, TimeUnit.SECONDS) && asked.exitValue() == 0 ? text : null;
            } finally {
                asked.destroy();
            }
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
