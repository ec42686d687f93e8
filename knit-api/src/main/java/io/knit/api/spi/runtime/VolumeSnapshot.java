package io.knit.api.spi.runtime;

import java.util.Map;
import java.util.Objects;

/**
 * A volume that is there.
 *
 * @param name the engine's
 * @param labels those that it was made with
 */
public record VolumeSnapshot(String name, Map<String, String> labels) {
    public VolumeSnapshot {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }
}
