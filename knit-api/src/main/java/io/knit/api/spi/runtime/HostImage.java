package io.knit.api.spi.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * An image that a host has.
 *
 * @param id what the runtime calls it; SHA-256 of its configuration where that is an engine: {@code sha256:} and 64 digits
 * @param names by which it can be asked for, each with its tag or its digest; empty: it has none
 * @param bytes that it takes on the disk, with what it shares with others; 0 and more
 * @param made when it was built
 * @param containers how many are made of it, whosever they are and whether they run or not; 0 and more
 */
public record HostImage(String id, List<String> names, long bytes, Instant made, int containers) {
    public HostImage {
        Objects.requireNonNull(id, "id");
        names = List.copyOf(names);
        Objects.requireNonNull(made, "made");
    }
}
