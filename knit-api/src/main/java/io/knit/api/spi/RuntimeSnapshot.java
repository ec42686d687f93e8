package io.knit.api.spi;

import io.knit.api.model.Capacity;
import java.util.List;
import java.util.Objects;

/**
 * What an engine has and runs.
 *
 * @param engineVersion name and version: {@code docker 20.10.24}
 */
public record RuntimeSnapshot(String engineVersion, Capacity capacity, List<ContainerSnapshot> containers) {
    public RuntimeSnapshot {
        Objects.requireNonNull(engineVersion, "engineVersion");
        Objects.requireNonNull(capacity, "capacity");
        containers = List.copyOf(containers);
    }
}
