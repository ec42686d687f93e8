package io.knit.bench.weight;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process, started as a user starts it, with the seconds until it said what was waited for. */
final class Started implements AutoCloseable {
    private static final long MOST_TO_END_SECONDS = 20;

    private final Process process;
    private final long begun;
    private final BufferedReader lines;
    private String line = "";

    private Started(Process process, long begun) {
        this.process = process;
        this.begun = begun;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Started of(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
        // what is set for another Knit on this machine is not meant for this one
        builder.environment().keySet().removeIf(name -> name.startsWith("KNIT_") && !name.equals("KNIT_JAVA_OPTS"));
        long begun = System.nanoTime();
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // also of a run that is interrupted
        return new Started(process, begun);
    }

    /** Reads on until a line has that in it; seconds since its start. */
    double until(String words) throws IOException {
        for (String next = lines.readLine(); next != null; next = lines.readLine()) {
            if (next.contains(words)) {
                line = next;
                return seconds();
            }
        }
        throw new IllegalStateException("it ended before it said \"" + words + "\"");
    }

    /** Reads on until it has ended; seconds since its start. */
    double untilItEnds() throws IOException, InterruptedException {
        while (lines.readLine() != null) {
            // nobody reads it, but it must not wait for that
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException("it ended with exit code " + code);
        }
        return seconds();
    }

    private double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    /** The line that was waited for last. */
    String line() {
        return line;
    }

    double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                        .filter(row -> row.startsWith("VmRSS:"))
                        .mapToLong(row -> Long.parseLong(row.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
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
