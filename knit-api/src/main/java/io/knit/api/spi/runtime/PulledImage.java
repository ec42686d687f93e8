package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * An image that is there.
 *
 * @param note what a user should know about how it came to be there (the registry can't be reached, the present image
 *     serves), in a sentence; empty if nothing
 * @param checked whether containers of it have a check of its own, which the engine runs
 */
public record PulledImage(String note, boolean checked) {
    public PulledImage {
        Objects.requireNonNull(note, "note");
    }

    /** One without a check. */
    public PulledImage(String note) {
        this(note, false);
    }
}
