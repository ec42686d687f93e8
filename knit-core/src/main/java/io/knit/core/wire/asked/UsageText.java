package io.knit.core.wire.asked;

import io.knit.api.spi.runtime.ContainerUsage;

/** A container's use, as it is sent; the fields are as in {@link ContainerUsage}. */
public record UsageText(
        int v,
        double cpus,
        long memory,
        long memoryLimit,
        long received,
        long sent,
        long read,
        long written,
        long processes) {
    public static UsageText of(ContainerUsage usage) {
        return new UsageText(
                1,
                usage.cpus(),
                usage.memory(),
                usage.memoryLimit(),
                usage.received(),
                usage.sent(),
                usage.read(),
                usage.written(),
                usage.processes());
    }
}
