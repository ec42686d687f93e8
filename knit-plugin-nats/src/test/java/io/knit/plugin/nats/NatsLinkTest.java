package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.access.NatsLogin;
import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NatsLinkTest {
    /** Above what a close may take, far below jnats' own patience with a broker that is frozen. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private NatsLink link(String url, NatsLink.Listener listener) {
        return new NatsLink(
                vertx,
                NatsAddresses.parse("test", url),
                "test",
                NatsLogin.asAddressed(),
                new ReconnectDelay(() -> 0),
                listener);
    }

    private abstract static class Silent implements NatsLink.Listener {
        @Override
        public void reconnected(Connection connection) {
            // does not matter here
        }

        @Override
        public void disconnected(Connection connection) {
            // does not matter here
        }
    }

    /** Loses each connection as soon as it stands, in two ways at once, and looks whether another is made meanwhile. */
    private static final class Loser extends Silent {
        final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger active = new AtomicInteger();
        private final CountDownLatch overlap = new CountDownLatch(1);

        @Override
        public void connected(Connection connection) {
            connections.incrementAndGet();
            try {
                connection.close();
                if (active.incrementAndGet() > 1) {
                    overlap.countDown();
                }
                boolean unused = overlap.await(150, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                active.decrementAndGet();
            }
            throw new IllegalStateException("thrown by a listener on purpose");
        }
    }

    @Test
    @DisplayName("one connection at a time, however it was lost")
    void oneChain() {
        EmbeddedTestBroker broker = new EmbeddedTestBroker();
        Loser loser = new Loser();
        NatsLink link = link(broker.url(), loser);
        try {
            link.connect();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> loser.connections.get() >= 6);
            assertThat(loser.overlap.getCount()).isEqualTo(1);
        } finally {
            await(link.close());
            broker.close();
        }
    }

    @Test
    @DisplayName("closing does not wait for a broker that is frozen, connected or not")
    void frozenBroker() {
        NatsServerProcess broker = new NatsServerProcess();
        TestTransports transports = new TestTransports();
        try {
            NatsTransport connected = transports.connected(broker.url());
            broker.signal("STOP");
            Future<?> standing = connected.subscribe("news", message -> {});
            NatsLink trying = link(broker.url(), new Loser());
            trying.connect();
            Future<Void> closed = Future.join(connected.close(), trying.close()).mapEmpty();
            Awaitility.await().atMost(SOON).until(closed::isComplete);
            assertThat(closed.succeeded()).isTrue();
            assertThat(standing.failed()).isTrue();
        } finally {
            broker.signal("CONT");
            transports.close();
            broker.close();
        }
    }

    @Test
    @DisplayName("closing while the first subscriptions wait for a broker that froze right then")
    void frozenWhileCarrying() {
        NatsServerProcess broker = new NatsServerProcess();
        CountDownLatch frozen = new CountDownLatch(1);
        NatsLink link = link(broker.url(), new Silent() {
            @Override
            public void connected(Connection connection) {
                broker.signal("STOP");
                frozen.countDown();
                try {
                    connection.flush(Duration.ofSeconds(30));
                } catch (Exception e) {
                    throw new IllegalStateException(e); // as it should
                }
            }
        });
        try {
            link.connect();
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> frozen.getCount() == 0);
            Future<Void> closed = link.close();
            Awaitility.await().atMost(SOON).until(closed::isComplete);
        } finally {
            broker.signal("CONT");
            broker.close();
        }
    }
}
