package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.Futures;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions take memory as what waits does: who has most of them goes when it is too much. */
class ManyStrangersSubscriptionsTest {
    private static final long MOST = 32L * 1024 * 1024;
    private final EmbeddedNats nats =
            await(EmbeddedNats.builder().maxMemory(MOST).start());

    @AfterEach
    void close() {
        await(nats.close());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 400})
    @DisplayName("who subscribes without end is dropped, others go on")
    void endless(int tokens) {
        String subject = "_INBOX.stranger" + ".t".repeat(tokens);
        try (RawClient friend = RawClient.quiet(nats.port());
                RawClient stranger = RawClient.quiet(nats.port())) {
            friend.send("SUB a 1\r\n").answers();
            for (int i = 0; i < 360 && nats.clients() == 2; i++) {
                StringBuilder block = new StringBuilder();
                for (int j = 0; j < 1000 / tokens; j++) {
                    block.append("SUB ")
                            .append(subject)
                            .append(i * 1000 + j)
                            .append(' ')
                            .append(i * 1000 + j)
                            .append("\r\n");
                }
                stranger.trySend(block.toString().getBytes(StandardCharsets.US_ASCII));
            }
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats.clients() == 1 && nats.subscriptions() == 1);
            assertThat(friend.send("PUB a 2\r\nok\r\n").answers()).isEqualTo("MSG a 1 2\r\nok\r\n");
        }
    }

    @Test
    @DisplayName("subscriptions that ended count no more")
    void ended() {
        try (RawClient client = RawClient.quiet(nats.port())) {
            for (int i = 0; i < 200; i++) {
                StringBuilder block = new StringBuilder();
                for (int j = 0; j < 1000; j++) {
                    block.append("SUB some.subject.")
                            .append(j)
                            .append(' ')
                            .append(j)
                            .append("\r\nUNSUB ")
                            .append(j)
                            .append("\r\n");
                }
                client.send(block.toString());
            }
            assertThat(client.answers()).isEmpty();
        }
    }
}
