package io.knit.bench.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A server in a process of its own, with its own broker and SQLite, both as they are unless told, on free loopback ports. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready: (http://\\S+) .* (nats://[^\\s,]+),");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final double CLOCK_TICKS = 100; // of /proc/…/stat; 100 a second on every Linux of today

    private final Process process;
    private final Path log;
    private final long startedAt = System.nanoTime();
    private final double readySeconds;
    private final URI http;
    private final URI nats;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        Matcher ready = awaitReady();
        this.readySeconds = (System.nanoTime() - startedAt) / 1e9;
        this.http = URI.create(ready.group(1));
        this.nats = URI.create(ready.group(2));
    }

    static ServerProcess start(ServerArguments arguments, Path data) {
        List<String> command = new ArrayList<>();
        if (arguments.knit().isEmpty()) {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(arguments.jvm());
            command.addAll(List.of("-cp", classPath(), "io.knit.launcher.Main"));
        } else {
            command.add(arguments.knit());
        }
        command.addAll(List.of("server", "start", "--http-addr=127.0.0.1:0", "--nats-addr=127.0.0.1:0"));
        command.add("--data-dir=" + data);
        try {
            Path log = Files.createTempFile("knit-bench-server", ".log");
            log.toFile().deleteOnExit();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().put("KNIT_JAVA_OPTS", String.join(" ", arguments.jvm()));
            Process process = builder.start();
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(process::destroyForcibly)); // also of a run that is interrupted
            return new ServerProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Also where a class loader of its own has the classes, as in some runners of tests. */
    private static String classPath() {
        if (ServerProcess.class.getClassLoader() instanceof URLClassLoader own) {
            return Arrays.stream(own.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }

    private Matcher awaitReady() {
        while (System.nanoTime() - startedAt < PATIENCE.toNanos()) {
            String said = log();
            Matcher ready = READY.matcher(said);
            if (ready.find()) {
                return ready;
            }
            if (!process.isAlive()) {
                throw new IllegalStateException("the server ended: " + said);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        close();
        throw new IllegalStateException("the server is not ready within " + PATIENCE + ": " + log());
    }

    String log() {
        return read(log);
    }

    /** From its start until it said that it is ready. */
    double readySeconds() {
        return readySeconds;
    }

    URI http() {
        return http;
    }

    URI nats() {
        return nats;
    }

    long pid() {
        return process.pid();
    }

    /** Resident memory now. */
    double residentMegabytes() {
        for (String line :
                read(Path.of("/proc", Long.toString(process.pid()), "status")).split("\n")) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("no VmRSS of process " + process.pid());
    }

    /** Processor time used so far. */
    double cpuSeconds() {
        String[] fields = read(Path.of("/proc", Long.toString(process.pid()), "stat"))
                .replaceFirst("^.*\\) ", "")
                .split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / CLOCK_TICKS;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
