package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * An image that is there.
 *
 * @param note what a user should know about how it came to be there (the registry can't be reached, the present image
 *     serves), in a sentence; empty if nothing
 */
public record PulledImage(String note) {
    public PulledImage {
        Objects.requireNonNull(note, "note");
    }
}
