package io.knit.testkit.sim.mesh;

import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.host.SimulatedNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When the server heard each host, by which of its heartbeats came and which were answered. */
final class Contacts implements SimulatedNetwork.Heartbeats {
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    private final EventQueue queue;
    /** By host, the moments of the last two minutes at which it surely was heard. */
    private final Map<String, List<Instant>> contacts = new HashMap<>();
    /** By host and when it was sent: what came and was not answered yet, the first first; a message may come twice. */
    private final Map<String, Map<Instant, Deque<Arrival>>> arrivals = new HashMap<>();
    /** When something came last that may have been heard. */
    private final Map<String, Instant> perhaps = new HashMap<>();

    private record Arrival(Instant at, boolean late) {}

    Contacts(EventQueue queue) {
        this.queue = queue;
    }

    @Override
    public void arrived(String host, Instant sent, boolean late) {
        perhaps.put(host, queue.now());
        arrivals.computeIfAbsent(host, none -> new HashMap<>())
                .computeIfAbsent(sent, none -> new ArrayDeque<>())
                .add(new Arrival(queue.now(), late));
    }

    /** The server has heard what it answers; of what came late it may go by what came before. */
    @Override
    public void answered(String host, Instant sent) {
        Map<Instant, Deque<Arrival>> came = arrivals.getOrDefault(host, Map.of());
        Deque<Arrival> copies = came.get(sent);
        Arrival arrival = copies == null ? null : copies.poll();
        if (copies != null && copies.isEmpty()) {
            came.remove(sent);
        }
        if (arrival != null && !arrival.late()) {
            List<Instant> all = contacts.computeIfAbsent(host, none -> new ArrayList<>());
            all.removeIf(it -> it.isBefore(queue.now().minus(REMEMBERED)));
            all.add(arrival.at());
        }
    }

    /** What came to it nobody answers. */
    void serverDied() {
        arrivals.clear();
    }

    /** The moments since then at which a host surely was heard, the first first. */
    List<Instant> since(String host, Instant from) {
        return contacts.getOrDefault(host, List.of()).stream()
                .filter(it -> !it.isBefore(from))
                .sorted()
                .toList();
    }

    /** When something came of it last that may have been heard; null: nothing ever did. */
    @Nullable
    Instant perhaps(String host) {
        return perhaps.get(host);
    }
}
