package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EmbeddedLameDuckTest extends LameDuckContract {
    private @Nullable EmbeddedNats nats;
    private Future<Void> gone = Future.succeededFuture();

    @Override
    TestBroker start() {
        EmbeddedTestBroker broker = new EmbeddedTestBroker();
        nats = broker.nats();
        return broker;
    }

    private EmbeddedNats nats() {
        return Objects.requireNonNull(nats);
    }

    @Override
    void goSlowly() {
        gone = nats().lameDuck(Duration.ofSeconds(4));
    }

    @Test
    @DisplayName("it ends as soon as all have left")
    void endsEarly() {
        try (RawClient client = RawClient.quiet(nats().port())) {
            client.answers();
            gone = nats().lameDuck(Duration.ofDays(1));
        }
        await(gone);
        await(nats().lameDuck(Duration.ZERO)); // again, and after the end
    }

    @Test
    @DisplayName("closing ends a lame duck at once, and so does no time at all")
    void closesAtOnce() {
        try (RawClient client = RawClient.quiet(nats().port())) {
            client.answers();
            gone = nats().lameDuck(Duration.ofDays(1));
            await(nats().close());
            assertThat(gone.succeeded()).isTrue();
            assertThat(client.untilClosed()).isEmpty();
        }
        EmbeddedNats second = await(EmbeddedNats.builder().start());
        try (RawClient client = RawClient.quiet(second.port())) {
            client.answers();
            await(second.lameDuck(Duration.ZERO));
            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @Test
    void refusesWrongTimes() {
        assertThatThrownBy(() -> nats().lameDuck(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> nats().lameDuck(Duration.ofDays(2))).hasMessageContaining("from zero to a day");
    }

    @Test
    @DisplayName("what was taken from publishers before closing reaches all that read, whatever loop they are on")
    void closingDelivers() {
        List<RawClient> readers = new ArrayList<>();
        try (RawClient publisher = RawClient.quiet(nats().port())) {
            IntStream.range(0, 10).forEach(i -> readers.add(RawClient.quiet(nats().port())));
            readers.forEach(reader -> reader.send("SUB a 1\r\n").answers());
            String message = "PUB a 60000\r\n" + "x".repeat(60_000) + "\r\n";
            publisher.send(message.repeat(100)).answers(); // 6 MB for each, far more than sockets hold
            Future<Void> closed = nats().close();
            int expected = 100 * "MSG a 1 60000\r\n\r\n".length() + 100 * 60_000;
            readers.parallelStream()
                    .forEach(reader -> assertThat(reader.untilClosed().length()).isEqualTo(expected));
            await(closed);
        } finally {
            readers.forEach(RawClient::close);
        }
    }

    @Test
    @DisplayName("a client that does not read does not hold up the end")
    void closingIsBounded() {
        try (RawClient mute = RawClient.quiet(nats().port());
                RawClient publisher = RawClient.quiet(nats().port())) {
            mute.send("SUB a 1\r\n").answers();
            String message = "PUB a 60000\r\n" + "x".repeat(60_000) + "\r\n";
            publisher.send(message.repeat(200)).answers();
            await(nats().close());
        }
    }

    @Test
    @DisplayName("addresses are told in INFO, and again when they change: jnats finds the other broker and moves to it")
    void advertises() throws Exception {
        EmbeddedTestBroker other = new EmbeddedTestBroker();
        List<Events> events = new CopyOnWriteArrayList<>();
        Connection connection = Nats.connect(new Options.Builder()
                .server(nats().url())
                .reconnectWait(Duration.ofMillis(20))
                .maxReconnects(-1)
                .connectionListener((about, event) -> events.add(event))
                .build());
        try (RawClient client = new RawClient(nats().port())) {
            assertThat(client.info()).doesNotContain("connect_urls");
            nats().advertise(List.of("127.0.0.1:" + nats().port(), "127.0.0.1:" + other.port()));
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> events.contains(Events.DISCOVERED_SERVERS));
            assertThat(connection.getServers()).contains(other.url());
            goSlowly();
            Awaitility.await()
                    .atMost(Futures.PATIENCE)
                    .until(() -> Objects.equals(connection.getConnectedUrl(), other.url()));
        } finally {
            connection.close();
            other.close();
        }
    }

    @Test
    @DisplayName("addresses may be given at the start; only HOST:PORT is one")
    void advertisedFromTheStart() {
        EmbeddedNats told = await(EmbeddedNats.builder()
                .advertise(List.of("nats.example:4222", "[::1]:4223"))
                .start());
        try (RawClient client = new RawClient(told.port())) {
            assertThat(client.info()).contains("\"connect_urls\":[\"nats.example:4222\",\"[::1]:4223\"]");
            for (String wrong : List.of("host", "host:0", "host:70000", "nats://host:1", "u:p@host:1", "a b:1", "")) {
                assertThatThrownBy(() -> told.advertise(List.of(wrong)))
                        .hasMessageContaining("\"" + wrong + "\"; give HOST:PORT");
            }
        } finally {
            await(told.close());
        }
    }
}
