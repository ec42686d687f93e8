package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.BlkioStatEntry;
import com.github.dockerjava.api.model.CpuStatsConfig;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.StatisticNetworksConfig;
import com.github.dockerjava.api.model.Statistics;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ContainerUsage;
import io.knit.plugin.docker.engine.Work;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What a container uses, by the engine's own two looks at it. */
public final class UsageReading implements Work<ContainerUsage> {
    private final String containerId;

    public UsageReading(String containerId) {
        this.containerId = containerId;
    }

    @Override
    public ContainerUsage run(DockerClient client) throws Exception {
        if (!Boolean.TRUE.equals(
                client.inspectContainerCmd(containerId).exec().getState().getRunning())) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "it does not run, so it uses nothing");
        }
        Statistics[] seen = new Statistics[1];
        client.statsCmd(containerId)
                .withNoStream(true)
                .exec(new ResultCallback.Adapter<Statistics>() {
                    @Override
                    public void onNext(Statistics statistics) {
                        seen[0] = statistics;
                    }
                })
                .awaitCompletion();
        Statistics statistics = seen[0];
        if (statistics == null) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the engine says nothing about it");
        }
        return of(statistics);
    }

    static ContainerUsage of(Statistics seen) {
        MemoryStatsConfig memory = seen.getMemoryStats();
        return new ContainerUsage(
                cpus(seen.getCpuStats(), seen.getPreCpuStats()),
                memory == null ? 0 : Math.max(0, or0(memory.getUsage()) - cached(memory)),
                memory == null ? 0 : or0(memory.getLimit()),
                sum(seen.getNetworks(), network -> or0(network.getRxBytes())),
                sum(seen.getNetworks(), network -> or0(network.getTxBytes())),
                disk(seen, "read"),
                disk(seen, "write"),
                seen.getPidsStats() == null ? 0 : or0(seen.getPidsStats().getCurrent()));
    }

    /** As {@code docker stats} counts it: what the kernel can take back at once is not the container's. */
    private static long cached(MemoryStatsConfig memory) {
        if (memory.getStats() == null) {
            return 0;
        }
        Long v1 = memory.getStats().getTotalInactiveFile();
        return or0(v1 == null ? memory.getStats().getInactiveFile() : v1);
    }

    /** The container's part of what all CPUs did between the two looks. */
    private static double cpus(@Nullable CpuStatsConfig now, @Nullable CpuStatsConfig before) {
        if (now == null || before == null || now.getCpuUsage() == null || before.getCpuUsage() == null) {
            return 0;
        }
        long used = or0(now.getCpuUsage().getTotalUsage())
                - or0(before.getCpuUsage().getTotalUsage());
        long all = or0(now.getSystemCpuUsage()) - or0(before.getSystemCpuUsage());
        long count = Math.max(1, or0(now.getOnlineCpus()));
        return used <= 0 || all <= 0 ? 0 : (double) used / all * count;
    }

    private static long sum(
            @Nullable Map<String, StatisticNetworksConfig> networks, ToLongFunction<StatisticNetworksConfig> what) {
        return networks == null ? 0 : networks.values().stream().mapToLong(what).sum();
    }

    private static long disk(Statistics seen, String operation) {
        List<BlkioStatEntry> all =
                seen.getBlkioStats() == null ? null : seen.getBlkioStats().getIoServiceBytesRecursive();
        return all == null
                ? 0
                : all.stream()
                        .filter(entry -> operation.equalsIgnoreCase(entry.getOp()))
                        .mapToLong(entry -> or0(entry.getValue()))
                        .sum();
    }

    private static long or0(@Nullable Long value) {
        return value == null ? 0 : value;
    }
}
