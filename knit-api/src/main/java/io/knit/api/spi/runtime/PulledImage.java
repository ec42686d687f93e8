package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * An image that is there.
 *
 * @param note what a user should know about how it came to be there (the registry can't be reached, the present image
 *     serves), in a sentence; empty if nothing
 * @param digest by which its registry has it: {@code sha256:} and 64 digits; empty: it is of none, or that is not known
 * @param checked whether containers of it have a check of its own, which the engine runs
 * @param other the platform that it is for, where no platform was asked for, it is not the engine's own, and a registry may have one that is: a pull with
 *     {@code missing} asks for that one. Empty: it is what was asked for
 */
public record PulledImage(String note, boolean checked, String digest, String other) {
    public PulledImage {
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(other, "other");
    }

    /** What was asked for. */
    public PulledImage(String note, boolean checked, String digest) {
        this(note, checked, digest, "");
    }

    /** One of which nobody knows a digest. */
    public PulledImage(String note, boolean checked) {
        this(note, checked, "");
    }

    /** One without a check. */
    public PulledImage(String note) {
        this(note, false, "");
    }
}
