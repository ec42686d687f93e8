package io.knit.bench.beside;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code knit} in a process of its own, on free loopback ports: by the script that the system property {@code knit.command} names, which is how a user
 * starts it, else the launcher on this program's class path.
 */
public final class KnitProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(" ready: http://127\\.0\\.0\\.1:(\\d+)");
    private static final double CLOCK_TICKS = 100; // of /proc/…/stat; 100 a second on every Linux of today
    private static final long MOST_TO_END_SECONDS = 20;

    private final Process process;
    private final int port;

    private KnitProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it and waits until it says that it is ready.
     *
     * @param folder for its data and its log
     * @param words such as {@code server start}
     */
    public static KnitProcess start(Path folder, String... words) throws IOException {
        List<String> command = command();
        command.addAll(Arrays.asList(words));
        command.addAll(List.of("--http-addr", "127.0.0.1:0", "--nats-addr", "127.0.0.1:0"));
        command.addAll(List.of("--data-dir", folder.toString()));
        return start(folder, command);
    }

    /** Any other process that says in the same words where it listens, for comparison. */
    public static KnitProcess start(Path folder, List<String> command) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("bench.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        // what is set for another Knit on this machine is not meant for this one
        builder.environment().keySet().removeIf(name -> name.startsWith("KNIT_") && !name.equals("KNIT_JAVA_OPTS"));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // also of a run that is interrupted
        return new KnitProcess(process, port(process, log));
    }

    /** The words that every command line begins with. */
    public static List<String> command() {
        String script = System.getProperty("knit.command");
        if (script != null) {
            return new ArrayList<>(List.of(script));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ArrayList<>(List.of(java, "-XX:-UsePerfData", "-cp", classPath(), "io.knit.launcher.Main"));
    }

    /** Who runs tests may load them by a loader of his own. */
    public static String classPath() {
        if (KnitProcess.class.getClassLoader() instanceof URLClassLoader own) {
            return Arrays.stream(own.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }

    private static int port(Process process, Path log) throws IOException {
        // not closed: what it prints later must have somewhere to go
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new IllegalStateException("knit ended before it was ready: " + Files.readString(log));
    }

    /** Of its HTTP API. */
    public int port() {
        return port;
    }

    /** Processor time used so far. */
    public double cpuSeconds() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.replaceFirst("^.*\\) ", "").split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / CLOCK_TICKS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(MOST_TO_END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
