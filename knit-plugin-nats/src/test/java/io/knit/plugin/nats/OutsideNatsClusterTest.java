package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;

import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.testkit.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The transport with several nats-servers: it goes on with those that are left. */
class OutsideNatsClusterTest {
    private static final byte[] HI = {'h', 'i'};

    private final List<NatsServerProcess> servers = new ArrayList<>();
    private final TestTransports transports = new TestTransports();
    private final List<NatsTransport> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(transport -> await(transport.close()));
        transports.close();
        servers.forEach(TestBroker::close);
    }

    private NatsServerProcess server(String more) {
        NatsServerProcess server = new NatsServerProcess(TestBroker.Limits.USUAL, more);
        servers.add(server);
        return server;
    }

    private NatsServerProcess member(int ownRoute, int otherRoute) {
        return server(String.format(
                Locale.ROOT,
                "cluster { name: test, listen: \"127.0.0.1:%d\", routes: [\"nats://127.0.0.1:%d\"] }%n",
                ownRoute,
                otherRoute));
    }

    private NatsTransport connected(NatsServerProcess one, NatsServerProcess other) {
        NatsTransport transport = transports.connected(one.url() + ',' + other.url());
        opened.add(transport);
        return transport;
    }

    /** Whether what one publishes comes to the other from now on. */
    private static void awaitDelivery(NatsTransport from, AtomicInteger seen) {
        int before = seen.get();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> {
            from.publish("news", HI).onFailure(e -> NatsTransport.LOG.debug("not yet", e));
            return seen.get() > before;
        });
    }

    @Test
    @DisplayName("of a cluster of two each in turn is killed: subscriptions are back on the other")
    void cluster() {
        int routeOne = NatsServerProcess.freePort();
        int routeTwo = NatsServerProcess.freePort();
        NatsServerProcess one = member(routeOne, routeTwo);
        NatsServerProcess two = member(routeTwo, routeOne);
        NatsTransport subscriber = connected(one, two);
        NatsTransport publisher = connected(one, two);
        AtomicInteger seen = new AtomicInteger();
        await(subscriber.subscribe("news", message -> seen.incrementAndGet()));
        awaitDelivery(publisher, seen);
        one.stop();
        awaitDelivery(publisher, seen); // both are on the second now
        one.start();
        two.stop();
        awaitDelivery(publisher, seen);
    }

    @Test
    @DisplayName("of two that know nothing of each other the first is dead, then the second")
    void singleServers() {
        NatsServerProcess one = server("");
        NatsServerProcess two = server("");
        one.stop();
        NatsTransport transport = connected(one, two);
        AtomicInteger seen = new AtomicInteger();
        await(transport.subscribe("news", message -> seen.incrementAndGet()));
        awaitDelivery(transport, seen);
        one.start();
        two.stop();
        awaitDelivery(transport, seen);
    }
}
