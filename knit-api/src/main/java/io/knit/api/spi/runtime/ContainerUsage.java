package io.knit.api.spi.runtime;

/**
 * What a container uses. What a runtime does not know is 0.
 *
 * @param cpus how many CPUs it kept busy in the last second or so; 0.5 is half of one
 * @param memory bytes that it holds, without files that are merely cached
 * @param memoryLimit bytes that it may hold; of one without a limit all of the host's
 * @param received bytes over its networks since it began
 * @param sent the same in the other direction
 * @param read bytes from disks since it began
 * @param written bytes to disks since it began
 * @param processes processes and threads
 */
public record ContainerUsage(
        double cpus,
        long memory,
        long memoryLimit,
        long received,
        long sent,
        long read,
        long written,
        long processes) {}
