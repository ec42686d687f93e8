package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.nats.broker.access.Limits;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.client.Connection;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one client, and all clients of one user, may take of a broker. */
class ClientLimitsTest {
    private @Nullable EmbeddedNats started;

    private void start(Limits limits, UnaryOperator<EmbeddedNatsBuilder> settings) {
        started = await(settings.apply(EmbeddedNats.builder()
                        .access(claim ->
                                Future.succeededFuture(Optional.of(new User(claim.user(), Permissions.ALL, limits)))))
                .start());
    }

    @AfterEach
    void close() {
        if (started != null) {
            await(started.close());
        }
    }

    private EmbeddedNats nats() {
        return Objects.requireNonNull(started);
    }

    private RawClient as(String user) {
        return new RawClient(nats().port()).send(AccessTable.as(user, "p"));
    }

    @Test
    @DisplayName("the smaller number of subscriptions holds, the user's or the broker's")
    void subscriptions() {
        start(new Limits(0, 2, 0, 0), settings -> settings.maxSubscriptions(3));
        try (RawClient client = as("a")) {
            assertThat(client.send("SUB a 1\r\nSUB b 2\r\nSUB c 3\r\n").answers())
                    .isEqualTo("-ERR 'maximum subscriptions exceeded'\r\n");
        }
    }

    @Test
    @DisplayName("a user's client for which too much waits is dropped, though the broker bears more")
    void pending() {
        start(new Limits(0, 0, 2048, 0), settings -> settings);
        try (RawClient slow = as("a");
                RawClient fast = as("b")) {
            slow.send("SUB a 1\r\n").answers();
            // one message above the limit: how many smaller ones the system takes by itself is its own matter
            fast.send("PUB a 3000\r\n" + "x".repeat(3000) + "\r\n").answers();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats().clients() == 1);
        }
    }

    @Test
    @DisplayName("nobody waits for a client whose own user's limit bounds it; for others publishers do")
    void brakesNobody() {
        started = await(EmbeddedNats.builder()
                .maxPending(1_000_000)
                .access(claim -> Future.succeededFuture(Optional.of(
                        new User(claim.user(), Permissions.ALL, new Limits(0, 0, Long.parseLong(claim.user()), 0)))))
                .start());
        assertThat(brakesOthers("0")).isTrue();
        assertThat(brakesOthers("5000")).isFalse();
        assertThat(brakesOthers("1000000")).isFalse();
        assertThat(brakesOthers("1000001")).as("the broker's limit holds").isTrue();
    }

    private boolean brakesOthers(String pending) {
        try (RawClient client = as(pending)) {
            client.answers();
            return nats().broker().connections().stream()
                    .max(Comparator.comparingLong(Connection::id))
                    .orElseThrow()
                    .outbound()
                    .brakesOthers();
        }
    }

    @Test
    @DisplayName("for one client too many of a user the oldest leaves; other users' stay")
    void connections() {
        start(new Limits(2, 0, 0, 0), settings -> settings);
        try (RawClient first = as("a");
                RawClient other = as("b")) {
            first.answers();
            other.answers();
            try (RawClient second = as("a")) {
                second.answers();
                try (RawClient third = as("a")) {
                    third.answers();
                    assertThat(first.untilClosed()).isEqualTo("-ERR 'maximum connections exceeded'\r\n");
                    second.answers();
                    other.answers();
                }
            }
            // those that left make room
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats().clients() == 1);
            try (RawClient fourth = as("a");
                    RawClient fifth = as("a")) {
                fifth.answers();
                fourth.answers();
            }
        }
    }

    @Test
    @DisplayName("who becomes another user gives its seat back")
    void anotherUser() {
        start(new Limits(1, 0, 0, 0), settings -> settings);
        try (RawClient first = as("a");
                RawClient second = as("b")) {
            first.answers();
            second.answers();
            first.send(AccessTable.as("c", "p")).answers();
            try (RawClient third = as("a")) {
                third.answers();
                first.answers();
                second.answers();
            }
        }
    }

    @Test
    @DisplayName(
            "who asks for too many operations is served at the pace it may have, and loses nothing; others are not held up")
    void operations() {
        start(new Limits(0, 0, 0, 200), settings -> settings);
        try (RawClient greedy = as("a");
                RawClient modest = as("b")) {
            long began = System.nanoTime();
            greedy.trySend(("SUB a 1\r\n" + "PUB a 1\r\nx\r\n".repeat(600)).getBytes(StandardCharsets.US_ASCII));
            modest.answers();
            assertThat(greedy.answers()).isEqualTo("MSG a 1 1\r\nx\r\n".repeat(600));
            // 602 at 200 a second, of which a second's worth at once
            assertThat(System.nanoTime() - began).isGreaterThan(1_500_000_000L);
        }
    }

    @Test
    @DisplayName("the broker's own pace holds for everybody")
    void operationsOfAnybody() {
        started = await(EmbeddedNats.builder().maxOperations(20_000).start());
        try (RawClient client = RawClient.quiet(nats().port())) {
            long began = System.nanoTime();
            client.trySend("PING\r\n".repeat(60_000).getBytes(StandardCharsets.US_ASCII));
            assertThat(client.answers(60_000)).isEqualTo(RawClient.PONG.repeat(60_000));
            // what is read at once is done at once; the rest waits for its turn
            assertThat(System.nanoTime() - began).isGreaterThan(500_000_000L);
        }
    }

    @Test
    void nonsense() {
        assertThatThrownBy(() -> new Limits(-1, 0, 0, 0)).hasMessageContaining("give 0 for none");
        assertThatThrownBy(() -> new Limits(0, 0, 7, 0)).hasMessageContaining("at least 1024");
        assertThatThrownBy(() -> EmbeddedNats.builder().maxOperations(-1)).hasMessageContaining("give 0 to");
        assertThat(Limits.smaller(0, 5)).isEqualTo(5);
        assertThat(Limits.smaller(3, 0)).isEqualTo(3);
        assertThat(Limits.smaller(3, 5)).isEqualTo(3);
    }
}
