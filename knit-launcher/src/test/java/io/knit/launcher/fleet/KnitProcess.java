package io.knit.launcher.fleet;

import io.knit.launcher.OwnJava;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server or agent in a process of its own, which can be killed and started again. */
final class KnitProcess implements AutoCloseable {
    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private String ready = "ready:";
    private @Nullable Process process;

    /**
     * @param prefix words before the command, or none
     * @param line the command line as a user types it in the repository's folder: {@code bin/knit-server start …}
     */
    KnitProcess(String name, Path logs, List<String> prefix, Map<String, String> environment, String... line) {
        this.name = name;
        this.command = new ArrayList<>(prefix);
        command.addAll(List.of(line));
        this.environment = environment;
        this.log = logs.resolve(name + ".log");
    }

    /** Another program, which says so when it is ready. */
    KnitProcess saying(String words) {
        ready = words;
        return this;
    }

    /** Starts and waits for the ready line. */
    KnitProcess start() {
        return launch().awaitReady();
    }

    private KnitProcess launch() {
        try {
            Files.writeString(log, "", StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Fleet.HOME.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("KNIT_JAVA_OPTS", String.join(" ", OwnJava.compilers()));
            builder.environment().putAll(environment);
            process = builder.start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KnitProcess awaitReady() {
        Awaitility.await(name + " is ready")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> log().contains(ready) || !isAlive());
        if (!isAlive()) {
            throw new AssertionError(name + " ended: " + log());
        }
        return this;
    }

    /** Nsenter and the wrapper exec: it is the program's own. */
    long pid() {
        return Objects.requireNonNull(process).pid();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as a crash would: {@code kill -9}. */
    void kill() {
        end(true);
    }

    /** Ends it as an administrator would: SIGTERM; its exit code. */
    int stop() {
        return end(false);
    }

    private int end(boolean hard) {
        Process current = process;
        if (current == null) {
            return 0;
        }
        try {
            if (hard) {
                current.destroyForcibly();
            } else {
                current.destroy();
            }
            if (!current.waitFor(30, TimeUnit.SECONDS)) {
                current.destroyForcibly();
                throw new AssertionError(name + " did not end within 30 s: " + log());
            }
            return current.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
