package io.knit.testkit.transport;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.transport.Transport;
import io.knit.testkit.contract.TransportContract;
import io.knit.testkit.loop.ThreadLoop;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InMemoryBusTest extends TransportContract {
    private final ThreadLoop loop = new ThreadLoop("bus-test");
    private final InMemoryBus bus = new InMemoryBus(loop);
    private final AtomicInteger endpoints = new AtomicInteger();

    @Override
    protected Future<? extends Transport> connect() {
        return Future.succeededFuture(bus.connect("endpoint-" + endpoints.incrementAndGet()));
    }

    @Override
    protected void interrupt() {
        bus.stop();
    }

    @Override
    protected void restore() {
        bus.start();
    }

    @Override
    protected void afterClosing() {
        loop.close();
    }

    @Test
    @DisplayName("an endpoint is told when a peer connects, is cut off, comes back and closes")
    void peers() {
        List<String> told = new CopyOnWriteArrayList<>();
        bus.connect("server").onPeer((name, stands) -> told.add(name + " " + stands));
        InMemoryTransport agent = bus.connect("agent");
        bus.cut("agent");
        bus.heal("agent");
        await(agent.close());
        Awaitility.await().until(() -> told.size() == 4);
        assertThat(told).containsExactly("agent true", "agent false", "agent true", "agent false");
    }
}
