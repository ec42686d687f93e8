package io.knit.plugin.nats.access;

import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Turns the broker's clients into peers by the name they were let in with: a peer is there while it has at least one connection. The
 * server itself is none. Thread-safe.
 */
public final class PeerWatch implements ClientListener {
    private final Map<String, Integer> connections = new HashMap<>();
    private final List<BiConsumer<String, Boolean>> listeners = new ArrayList<>();

    // listeners are called under the lock: events of one peer reach them in order

    /** Adds a listener, and tells it of the peers that are there. */
    public synchronized void add(BiConsumer<String, Boolean> listener) {
        listeners.add(listener);
        connections.keySet().forEach(name -> listener.accept(name, true));
    }

    @Override
    public synchronized void opened(NatsClient client) {
        String name = client.user();
        if (isPeer(name) && connections.merge(name, 1, Integer::sum) == 1) {
            listeners.forEach(listener -> listener.accept(name, true));
        }
    }

    @Override
    public synchronized void closed(NatsClient client) {
        String name = client.user();
        if (isPeer(name) && connections.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1) == null) {
            listeners.forEach(listener -> listener.accept(name, false));
        }
    }

    private static boolean isPeer(String user) {
        return !user.isEmpty() && !user.equals(KnitAccess.SERVER);
    }
}
