package io.knit.api.model;

import java.util.Objects;

/**
 * Where the engine keeps what a container writes.
 *
 * @param driver {@code json-file}, {@code local}, {@code journald}, {@code syslog} or {@code none}; empty: the engine's own
 * @param maxSize bytes of a file until the next is begun; 0: 10 MiB with {@code json-file}, else as the engine has it
 * @param maxFiles so many files are kept; 0: 3 with {@code json-file}, else as the engine has it
 */
public record LogSpec(String driver, long maxSize, int maxFiles) {
    /** What a spec has that says nothing of it. */
    public static final LogSpec DEFAULT = new LogSpec("", 0, 0);

    public LogSpec {
        Objects.requireNonNull(driver, "driver");
    }
}
