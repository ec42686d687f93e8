package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * A file of the host that is mounted read-only.
 *
 * @param source absolute path on the host
 * @param destination absolute path in the container
 */
public record FileMount(String source, String destination) {
    public FileMount {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(destination, "destination");
    }
}
