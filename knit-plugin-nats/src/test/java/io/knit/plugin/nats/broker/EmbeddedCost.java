package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;

import io.netty.util.internal.PlatformDependent;
import java.io.PrintWriter;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures what an embedded broker costs to start and to have: the median start in a warm JVM, and the memory of an idle one
 * as the mean of some that are there at once. A program to run by hand, for docs/benchmarks.md; no test, as such figures
 * depend on the machine.
 */
final class EmbeddedCost {
    private static final int STARTS = 20;
    private static final int IDLE = 20;

    private EmbeddedCost() {}

    public static void main(String[] args) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        out.printf(Locale.ROOT, "first start, cold: %.1f ms%n", start());
        for (int i = 0; i < STARTS; i++) {
            start();
        }
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            starts[i] = start();
        }
        Arrays.sort(starts);
        out.printf(
                Locale.ROOT,
                "start in a warm JVM: median %.1f ms, most %.1f ms%n",
                starts[STARTS / 2],
                starts[STARTS - 1]);
        out.printf(Locale.ROOT, "start of a nats-server process until it listens: %.1f ms%n", natsServer());
        for (boolean used : new boolean[] {false, true}) {
            for (boolean monitored : new boolean[] {false, true}) {
                out.printf(
                        "an idle broker%s%s: %s%n",
                        monitored ? " with monitoring" : "",
                        used ? ", after a client was there" : "",
                        memory(monitored, used));
            }
        }
    }

    private static double start() {
        long before = System.nanoTime();
        EmbeddedNats nats = await(EmbeddedNats.builder().start());
        long after = System.nanoTime();
        await(nats.close());
        return (after - before) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static double natsServer() {
        long before = System.nanoTime();
        try (NatsServerProcess server = new NatsServerProcess()) {
            new RawClient(server.port()).close();
            return (System.nanoTime() - before) / (double) TimeUnit.MILLISECONDS.toNanos(1);
        }
    }

    private static String memory(boolean monitored, boolean used) throws InterruptedException {
        long heap = heap();
        long direct = direct();
        List<EmbeddedNats> all = new ArrayList<>();
        for (int i = 0; i < IDLE; i++) {
            EmbeddedNatsBuilder builder = EmbeddedNats.builder();
            all.add(await((monitored ? builder.monitoring("127.0.0.1", 0) : builder).start()));
        }
        if (used) {
            all.forEach(EmbeddedCost::use);
        }
        double mega = 1 << 20;
        String text = String.format(
                Locale.ROOT,
                "%.2f MiB of heap, %.2f MiB of direct memory",
                (heap() - heap) / mega / IDLE,
                (direct() - direct) / mega / IDLE);
        all.forEach(nats -> await(nats.close()));
        return text;
    }

    private static void use(EmbeddedNats nats) {
        try (RawClient client = RawClient.quiet(nats.port())) {
            client.send("SUB a 1\r\nPUB a 1000\r\n" + "x".repeat(1000) + "\r\n").answers();
        }
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What Java and Netty, which may go around Java, have set aside. */
    private static long direct() {
        long buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return buffers + Math.max(0, PlatformDependent.usedDirectMemory());
    }
}
