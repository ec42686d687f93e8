package io.knit.core.wire.image;

import java.util.List;
import java.util.Objects;

/**
 * Which image the server has for an agent.
 *
 * @param name with its tag, as engines list it
 * @param id SHA-256 of its configuration: {@code sha256:} and 64 digits
 * @param layers by the digests of what is in them unpacked, the lowest first
 * @param whole true: all of it is sent, whatever is there
 */
public record ImageAsked(String name, String id, List<String> layers, boolean whole) {
    public ImageAsked {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        layers = List.copyOf(layers);
    }

    /** The same, of which nothing is left out. */
    public ImageAsked inWhole() {
        return new ImageAsked(name, id, layers, true);
    }
}
