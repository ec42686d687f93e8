package io.knit.api.spi.runtime;

import io.knit.api.model.Capacity;
import java.util.List;
import java.util.Objects;

/**
 * What an engine has and runs.
 *
 * @param engineVersion name and version: {@code docker 20.10.24}
 * @param engineId tells this engine from any other: all who ask it are given the same, also after it was started again. Containers are
 *     removed on its word, so one that can't be sure of it gives an empty text
 * @param os what containers run on, as images call it ({@code linux}); empty: not known
 * @param arch the CPU, as images call it ({@code amd64}); empty: not known
 */
public record RuntimeSnapshot(
        String engineVersion,
        Capacity capacity,
        List<ContainerSnapshot> containers,
        String engineId,
        String os,
        String arch) {
    public RuntimeSnapshot {
        Objects.requireNonNull(engineVersion, "engineVersion");
        Objects.requireNonNull(capacity, "capacity");
        containers = List.copyOf(containers);
        Objects.requireNonNull(engineId, "engineId");
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(arch, "arch");
    }

    /** Of an engine that does not say what it runs on. */
    public RuntimeSnapshot(
            String engineVersion, Capacity capacity, List<ContainerSnapshot> containers, String engineId) {
        this(engineVersion, capacity, containers, engineId, "", "");
    }

    /** Of an engine that has no id. */
    public RuntimeSnapshot(String engineVersion, Capacity capacity, List<ContainerSnapshot> containers) {
        this(engineVersion, capacity, containers, "");
    }
}
