package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.flow.Traffic;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Who is connected, and what all who ever were have sent and received: what the gone ones did is remembered. */
final class Totals {
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder opened = new LongAdder();
    private final LongAdder slowConsumers = new LongAdder();
    private final LongAdder staleConnections = new LongAdder();
    private final Traffic in = new Traffic();
    private final Traffic out = new Traffic();

    Set<Connection> connections() {
        return connections;
    }

    long opened() {
        return opened.sum();
    }

    long slowConsumers() {
        return slowConsumers.sum();
    }

    long staleConnections() {
        return staleConnections.sum();
    }

    void opened(Connection connection) {
        opened.increment();
        connections.add(connection);
    }

    void stale() {
        staleConnections.increment();
    }

    void tooSlow() {
        slowConsumers.increment();
    }

    // one lock with the sums, so that nobody counts twice or not at all while it leaves
    synchronized void closed(Connection connection) {
        if (connections.remove(connection)) {
            in.add(connection.received());
            out.add(connection.outbound().delivered());
        }
    }

    /** What came from clients so far. */
    synchronized Traffic received() {
        Traffic sum = new Traffic();
        sum.add(in);
        connections.forEach(connection -> sum.add(connection.received()));
        return sum;
    }

    /** What went to clients so far. */
    synchronized Traffic delivered() {
        Traffic sum = new Traffic();
        sum.add(out);
        connections.forEach(connection -> sum.add(connection.outbound().delivered()));
        return sum;
    }
}
