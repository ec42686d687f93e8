package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.nats.broker.access.Limits;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {
    private static final long MOST = 32L * 1024 * 1024;
    private final EmbeddedNats nats =
            await(EmbeddedNats.builder().maxMemory(MOST).start());

    @AfterEach
    void close() {
        await(nats.close());
    }

    @Test
    @DisplayName(
            "many who do not read, each below its own limit, are dropped one by one; who reads stays and gets everything")
    void manySlowReaders() {
        List<RawClient> slow = IntStream.range(0, 20)
                .mapToObj(i -> RawClient.quiet(nats.port()))
                .toList();
        try (RawClient reader = RawClient.quiet(nats.port());
                RawClient publisher = RawClient.quiet(nats.port())) {
            slow.forEach(each -> each.send("SUB s 1\r\n").answers());
            reader.send("SUB s.fine 1\r\n").answers();
            byte[] block =
                    ("PUB s 1000\r\n" + "z".repeat(1000) + "\r\n").repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
            // 30 MB for each of 20: below the limit of each (64 MiB), twenty times the limit of all
            for (int i = 0; i < 30; i++) {
                publisher.send(block).send("PUB s.fine 1\r\nx\r\n").answers();
                assertThat(reader.answers()).isEqualTo("MSG s.fine 1 1\r\nx\r\n");
                assertThat(nats.memory()).isLessThan(4 * MOST);
            }
            assertThat(nats.clients()).isLessThan(10); // of 22
        } finally {
            slow.forEach(RawClient::close);
        }
    }

    @Test
    @DisplayName("many who announce much and send half are dropped one by one; others go on")
    void manyHalfPayloads() {
        byte[] half = ("PUB x 1000000\r\n" + "z".repeat(900_000)).getBytes(StandardCharsets.ISO_8859_1);
        List<RawClient> stuck = IntStream.range(0, 100)
                .mapToObj(i -> RawClient.quiet(nats.port()))
                .toList();
        try (RawClient reader = RawClient.quiet(nats.port())) {
            stuck.forEach(each -> each.trySend(half));
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> nats.clients() < 60);
            assertThat(reader.send("SUB a 1\r\nPUB a 2\r\nok\r\n").answers()).isEqualTo("MSG a 1 2\r\nok\r\n");
        } finally {
            stuck.forEach(RawClient::close);
        }
    }

    @Test
    @DisplayName("who is spared stays, though most is held for it, and another goes")
    void spared() {
        Set<String> gone = ConcurrentHashMap.newKeySet();
        EmbeddedNats guarded = await(EmbeddedNats.builder()
                .maxMemory(MOST)
                .access(claim -> Future.succeededFuture(Optional.of(new User(
                        claim.user(), Permissions.ALL, Limits.NONE, claim.user().equals("kept")))))
                .onClient(new ClientListener() {
                    @Override
                    public void opened(NatsClient client) {}

                    @Override
                    public void closed(NatsClient client) {
                        gone.add(client.user());
                    }
                })
                .start());
        try (RawClient kept = new RawClient(guarded.port());
                RawClient other = new RawClient(guarded.port());
                RawClient publisher = new RawClient(guarded.port())) {
            kept.send(AccessTable.as("kept", "p") + "SUB s 1\r\nSUB s 2\r\n").answers();
            other.send(AccessTable.as("other", "p") + "SUB s 1\r\n").answers();
            publisher.send(AccessTable.as("publisher", "p"));
            byte[] block =
                    ("PUB s 1000\r\n" + "z".repeat(1000) + "\r\n").repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < 25; i++) { // of 64 MB that may wait for each
                publisher.send(block).answers();
            }
            Awaitility.await().until(() -> !gone.isEmpty());
            assertThat(gone).containsExactly("other");
        } finally {
            await(guarded.close());
        }
    }

    @Test
    void refusesTooLittle() {
        assertThatThrownBy(() -> EmbeddedNats.builder().maxMemory(1000)).hasMessageContaining("give at least 16777216");
    }
}
