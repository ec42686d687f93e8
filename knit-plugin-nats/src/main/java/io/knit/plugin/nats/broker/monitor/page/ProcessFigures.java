package io.knit.plugin.nats.broker.monitor.page;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the whole process uses, with all that runs in it beside the broker. */
final class ProcessFigures {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final int KIBI = 1024;

    /** Bytes of memory: what is resident, or where the system does not tell, the heap. */
    long memory() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIBI)
                    .findFirst()
                    .orElseGet(ProcessFigures::heap);
        } catch (IOException | NumberFormatException e) {
            return heap();
        }
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory();
    }

    /** Per cent of one processor, since the last time somebody asked; 0 where the system does not tell. */
    double cpu() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            double load = system.getProcessCpuLoad() * Runtime.getRuntime().availableProcessors();
            return load > 0 ? Math.rint(load * 1000) / 10 : 0;
        }
        return 0;
    }
}
