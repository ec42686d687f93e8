package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A client for whom much waits and that reads it slowly, but reads. */
class SlowReaderTest {
    private static final int MIB = 1024 * 1024;
    private static final int PIECE = 64 * 1024;

    private final EmbeddedNats nats = await(EmbeddedNats.builder()
            .writeDeadline(Duration.ofMillis(1000))
            .maxPayload(8 * MIB)
            .maxPending(512L * MIB)
            .maxMemory(512L * MIB)
            .start());
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        clock.shutdownNow();
        await(nats.close());
    }

    @Test
    @DisplayName("is not dropped for the write deadline while what waits for it moves")
    void movesSoItStays() throws Exception {
        assertGetsAll(24, MIB, 10);
    }

    @Test
    @DisplayName("is not dropped for it either while one message takes longer than the deadline, and moves")
    void partsOfAMessageMove() throws Exception {
        // what the system takes at once is about 1 MiB here, far more often than a second
        assertGetsAll(2, 8 * MIB, 30);
    }

    private void assertGetsAll(int messages, int payload, int stepMillis) throws Exception {
        AtomicLong read = new AtomicLong();
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(PIECE);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), nats.port()));
            slow.getOutputStream().write("CONNECT {}\r\nSUB a 1\r\n".getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> nats.subscriptions() == 1);
            try (RawClient publisher = RawClient.full(nats.port())) {
                String message = "PUB a " + payload + "\r\n" + "x".repeat(payload) + "\r\n";
                for (int i = 0; i < messages; i++) {
                    publisher.send(message);
                }
                publisher.answers();
            }
            InputStream in = slow.getInputStream();
            byte[] piece = new byte[PIECE];
            var unused = clock.scheduleAtFixedRate(() -> read(in, piece, read), 0, stepMillis, TimeUnit.MILLISECONDS);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(read.get())
                            .as("bytes read; the broker says %s", nats.figures())
                            .isGreaterThan((long) messages * payload));
        }
    }

    private static void read(InputStream in, byte[] piece, AtomicLong read) {
        try {
            int count = in.read(piece);
            if (count > 0) {
                read.addAndGet(count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // ends the reading; the test says how far it came
        }
    }
}
