package io.knit.core.wire.asked;

/**
 * What the host of an agent uses. What is not known there is 0.
 *
 * @param cpus how many CPUs it keeps busy
 * @param cpuCount how many it has
 * @param memory bytes that nobody could have now
 * @param memoryTotal bytes that it has
 * @param disk bytes that are used on the file system of the agent's data
 * @param diskTotal bytes that it has
 * @param received bytes over its networks since it began, without loopback
 * @param sent the same in the other direction
 */
public record HostUsage(
        int v,
        double cpus,
        int cpuCount,
        long memory,
        long memoryTotal,
        long disk,
        long diskTotal,
        long received,
        long sent) {}
