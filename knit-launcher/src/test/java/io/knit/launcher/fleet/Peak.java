package io.knit.launcher.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process had at most, as Linux counts it. */
final class Peak {
    private final Path process;

    private Peak(long pid) {
        this.process = Path.of("/proc", String.valueOf(pid));
    }

    /** Counts from now on. */
    static Peak from(long pid) {
        Peak peak = new Peak(pid);
        try {
            Files.writeString(peak.process.resolve("clear_refs"), "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return peak;
    }

    /** Its resident set at its largest, in MiB, with files that are mapped and touched. */
    long mebibytes() {
        return number("status", "VmHWM:") / 1024;
    }

    /** How many bytes the process has read so far, of whatever. */
    long read() {
        return number("io", "rchar:");
    }

    private long number(String file, String name) {
        try {
            return Files.readAllLines(process.resolve(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
