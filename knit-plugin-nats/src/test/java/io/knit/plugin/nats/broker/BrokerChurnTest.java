package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import io.knit.testkit.Futures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Clients that come and go, in every way that they can. */
class BrokerChurnTest {
    private static final int CLIENTS = 10_000;
    private static final int THREADS = 4;
    private static final long MOST_MEMORY = 32L * 1024 * 1024;

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final LogWatch log = new LogWatch();
    private final EmbeddedNats nats = await(EmbeddedNats.builder()
            .writeDeadline(Duration.ofMillis(300))
            .onClient(new Counter())
            .start());

    private final class Counter implements ClientListener {
        @Override
        public void opened(NatsClient client) {
            opened.incrementAndGet();
        }

        @Override
        public void closed(NatsClient client) {
            closed.incrementAndGet();
        }
    }

    @AfterEach
    void close() {
        await(nats.close());
        log.close();
    }

    @Test
    @DisplayName("ten thousand clients that come and go leave nothing")
    void leavesNothing() throws Exception {
        comeAndGo(0, 100); // whatever is made once is made now
        untilAllAreGone();
        long files = files();
        comeAndGo(100, CLIENTS);
        untilAllAreGone();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> files() <= files);
        assertThat(log.warnings()).isEmpty();
    }

    private void untilAllAreGone() {
        Awaitility.await().atMost(Futures.PATIENCE).untilAsserted(() -> {
            assertThat(nats.clients()).as("clients").isZero();
            assertThat(nats.subscriptions()).as("subscriptions").isZero();
            assertThat(nats.broker().trie().isEmpty()).as("nothing in the trie").isTrue();
            assertThat(closed).as("who left").hasValue(opened.get());
            assertThat(Timers.of(nats.loops())).as("timers").isZero();
            assertThat(nats.broker().memory().used()).as("memory").isLessThan(MOST_MEMORY);
        });
    }

    private static long files() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getOpenFileDescriptorCount()
                : 0;
    }

    private void comeAndGo(int from, int to) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = from + thread;
            all.add(threads.submit(() -> {
                for (int i = first; i < to; i += THREADS) {
                    visit(i);
                }
                return true;
            }));
        }
        threads.shutdown();
        for (Future<?> each : all) {
            Object unused = each.get(2, TimeUnit.MINUTES);
        }
    }

    private void visit(int i) throws IOException {
        if (i % 10 == 9) {
            // says nothing and hears nothing
            new Socket(InetAddress.getLoopbackAddress(), nats.port()).close();
            return;
        }
        try (RawClient client = RawClient.full(nats.port())) {
            client.send("SUB a.b." + i + " 1\r\nSUB a.> q 2\r\nSUB *." + i + ".> 3\r\n");
            switch (i % 10) {
                case 0 -> client.answers();
                case 1 -> client.send("UNSUB 1\r\nUNSUB 2\r\nUNSUB 3\r\n").answers();
                case 2 -> client.reset();
                case 3 -> client.send("PUB a.c 100000\r\n" + "x".repeat(6000)); // in the middle of a large payload
                case 4 -> client.send("HPUB a.c 12 1000\r\nNATS/1.0\r\n").reset(); // and of a small one
                case 5 -> client.send("PING\r\nSUB half.a.line");
                case 6 ->
                    client.send("UNSUB 1 5\r\nUNSUB 2 2\r\nPUB a.b." + i + " 1\r\nx\r\n")
                            .answers();
                case 7 -> client.send("NONSENSE\r\n").untilClosed();
                default -> client.send(("PUB a.b." + i + " 9000\r\n" + "y".repeat(9000) + "\r\n").repeat(3)); // unread
            }
        }
    }
}
