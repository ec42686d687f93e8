package io.knit.core.agent.inside;

import io.knit.core.wire.asked.HostUsage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What this agent's host uses, by what Linux says of itself. What is not said there is 0. Blocks. */
public final class HostReading {
    private static final long PAUSE_MILLIS = 500;
    private static final long KIB = 1024;
    /** In /proc/stat: user nice system idle iowait irq softirq steal; what guests used is in user already. */
    private static final int TIMES = 8;

    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    /** In /proc/net/dev: eight figures of what came in, then eight of what went out; bytes first. */
    private static final int SENT = 8;

    private final Path proc;
    private final Path data;

    /**
     * @param proc where the kernel shows its figures: {@code /proc}
     * @param data a folder on the file system that is looked at
     */
    public HostReading(Path proc, Path data) {
        this.proc = proc;
        this.data = data;
    }

    /** Looks twice, half a second apart. */
    HostUsage read() throws InterruptedException {
        long[] before = times();
        Thread.sleep(PAUSE_MILLIS);
        long[] now = times();
        int count = Runtime.getRuntime().availableProcessors();
        long total = memory("MemTotal:");
        long free = memory("MemAvailable:");
        long disk = 0;
        long used = 0;
        try {
            FileStore store = Files.getFileStore(data);
            disk = store.getTotalSpace();
            used = disk - store.getUnallocatedSpace();
        } catch (IOException e) {
            // 0 says that it is not known
        }
        return new HostUsage(
                1, busy(before, now) * count, count, Math.max(0, total - free), total, used, disk, net(0), net(SENT));
    }

    /** What part of all CPUs' time was not idle. */
    private static double busy(long[] before, long[] now) {
        long all = 0;
        for (int i = 0; i < TIMES; i++) {
            all += now[i] - before[i];
        }
        long idle = now[IDLE] - before[IDLE] + now[IOWAIT] - before[IOWAIT];
        return all <= 0 ? 0 : Math.max(0, (double) (all - idle) / all);
    }

    private long[] times() {
        long[] times = new long[TIMES];
        lines("stat").stream().filter(line -> line.startsWith("cpu ")).forEach(line -> {
            String[] words = line.split(" +");
            for (int i = 0; i < TIMES && i + 1 < words.length; i++) {
                times[i] = Long.parseLong(words[i + 1]);
            }
        });
        return times;
    }

    private long memory(String name) {
        OptionalLong kib = lines("meminfo").stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.split(" +")[1]))
                .findFirst();
        return kib.orElse(0) * KIB;
    }

    private long net(int at) {
        return lines("net/dev").stream()
                .map(String::strip)
                .filter(line -> line.contains(":") && !line.startsWith("lo:"))
                .mapToLong(line -> Long.parseLong(
                        line.substring(line.indexOf(':') + 1).strip().split(" +")[at]))
                .sum();
    }

    private List<String> lines(String file) {
        try (Stream<String> lines = Files.lines(proc.resolve(file))) {
            return lines.toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
