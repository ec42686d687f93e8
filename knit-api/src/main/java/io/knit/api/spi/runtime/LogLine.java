package io.knit.api.spi.runtime;

import java.time.Instant;
import java.util.Objects;

/**
 * A line that a container wrote.
 *
 * @param at when, in nanoseconds where the runtime knows them
 * @param error whether to stderr
 * @param whole whether its end was written; a long line comes in parts, of which the last is whole
 * @param text without its end; what is no UTF-8 is replaced
 */
public record LogLine(Instant at, boolean error, boolean whole, String text) {
    public LogLine {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(text, "text");
    }
}
