package io.knit.api.model;

/**
 * What a node has.
 *
 * @param cpus number of logical processors
 * @param memoryBytes RAM in bytes
 */
public record Capacity(int cpus, long memoryBytes) {
    public static final Capacity UNKNOWN = new Capacity(0, 0);
}
