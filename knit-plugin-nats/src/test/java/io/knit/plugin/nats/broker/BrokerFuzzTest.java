package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * One client of a whole broker sends any bytes in any pieces and leaves: nothing is logged, other clients' messages go on, memory is
 * bounded, and nothing of it stays.
 */
class BrokerFuzzTest {
    private static final int MOST_PIECES = 4;
    private static final long MOST_MEMORY = 64L * 1024 * 1024;
    private static final long PATIENCE_SECONDS = 20;

    private final SecureRandom random = new SecureRandom();
    private LogWatch log;
    private EmbeddedNats nats;
    private RawClient reader;
    private RawClient publisher;

    @BeforeEach
    void start() {
        log = new LogWatch();
        nats = await(EmbeddedNats.builder().eventLoops(1).start());
        reader = RawClient.quiet(nats.port());
        publisher = RawClient.quiet(nats.port());
        reader.answers();
        publisher.answers();
    }

    @AfterEach
    void stop() {
        reader.close();
        publisher.close();
        await(nats.close());
        log.close();
    }

    /** The first bytes choose the pieces and how the client leaves, the others are sent. */
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] input) {
        int begin = Math.min(4, input.length);
        SplittableRandom choice = new SplittableRandom(Arrays.hashCode(Arrays.copyOf(input, begin)));
        try (RawClient wild = new RawClient(nats.port())) {
            int piece = 1 + input.length / (1 + choice.nextInt(MOST_PIECES));
            for (int start = begin; start < input.length; start += piece) {
                wild.trySend(Arrays.copyOfRange(input, start, Math.min(input.length, start + piece)));
            }
            expectMessagesFlow();
            if (choice.nextInt(4) > 0) {
                wild.leave();
            } else {
                wild.reset();
            }
        }
        expect("its connection stays", () -> nats.clients() == 2);
        expect("its subscriptions stay", () -> nats.subscriptions() == 0);
        expect("memory grows", () -> memory() <= MOST_MEMORY);
        if (!log.warnings().isEmpty()) {
            throw new AssertionError(log.warnings().toString());
        }
    }

    // on a subject that nobody can have foreseen
    private void expectMessagesFlow() {
        String subject = "w" + Long.toHexString(random.nextLong());
        reader.send("SUB " + subject + " 1\r\nUNSUB 1 1\r\n").answers();
        publisher.send("PUB " + subject + " 2\r\nok\r\n").answers();
        String heard = reader.answers();
        if (!heard.equals("MSG " + subject + " 1 2\r\nok\r\n")) {
            throw new AssertionError("another client hears: " + heard);
        }
    }

    private static long memory() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory() + provider.metric().usedHeapMemory()
                : 0;
    }

    private static void expect(String otherwise, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(otherwise);
            }
            Thread.yield();
        }
    }
}
