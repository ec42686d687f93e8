package io.knit.api.spi.runtime;

import java.util.Map;
import java.util.Objects;

/**
 * A volume that is there.
 *
 * @param name the engine's
 * @param labels those that it was made with
 * @param elsewhere whether what is in it is not the engine's own: it is a share, or of a driver of the host's
 */
public record VolumeSnapshot(String name, Map<String, String> labels, boolean elsewhere) {
    public VolumeSnapshot {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /** One whose content is the engine's own. */
    public VolumeSnapshot(String name, Map<String, String> labels) {
        this(name, labels, false);
    }
}
