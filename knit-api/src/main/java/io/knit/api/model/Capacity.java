package io.knit.api.model;

/**
 * What a node has.
 *
 * @param cpus number of logical processors
 * @param memoryBytes RAM in bytes
 * @param gpus number of accelerators that its agent was told of
 */
public record Capacity(int cpus, long memoryBytes, int gpus) {
    public static final Capacity UNKNOWN = new Capacity(0, 0);

    /** Without accelerators. */
    public Capacity(int cpus, long memoryBytes) {
        this(cpus, memoryBytes, 0);
    }

    /** Whether it was told. */
    public boolean isKnown() {
        return cpus > 0 && memoryBytes > 0;
    }
}
