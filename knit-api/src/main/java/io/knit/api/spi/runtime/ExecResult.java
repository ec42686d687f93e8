package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * How a command in a container ended.
 *
 * @param output the first of what it wrote to stdout and stderr
 */
public record ExecResult(int code, String output) {
    public ExecResult {
        Objects.requireNonNull(output, "output");
    }
}
